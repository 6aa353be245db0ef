/** The process that runs the app's bundle: warm, shared by all installations, and mortal. */
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const EGRESS_MODULE = createRequire(import.meta.url).resolve('@forge/egress');

/** A function has 512 MB (`runtime.memoryMB` in the manifest), of which a part lies outside the heap; the share is unverified. */
const HEAP_MB = 384;

export interface WorkerResult {
  readonly success: boolean;
  /** JSON text; absent when the function returned nothing. */
  readonly body?: string;
  readonly error?: FunctionError;
  /** Processor time this invocation used, milliseconds. */
  readonly cpuMs: number;
}

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stack: readonly string[];
}

export interface LogLine {
  readonly invocation: string | undefined;
  readonly level: number;
  readonly args: readonly string[];
}

export interface WorkerCall {
  readonly id: string;
  readonly event: unknown;
  /** What the worker adds to the real time. */
  readonly shiftMs: number;
  /** Virtual epoch milliseconds. */
  readonly deadlineMs: number;
}

/** Where connections to a host go; a null port lets them through to the real one. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number | null;
}

export interface WorkerOptions {
  readonly bundleDir: string;
  /** PEM file of the certificate authority that signed the local servers' certificates. */
  readonly caFile: string;
  readonly servers: readonly ServerAddress[];
  readonly onLog: (line: LogLine) => void;
}

/** The worker died while an invocation ran; the platform's own fault as far as the app can tell. */
export class WorkerGone extends Error {}

export class Worker {
  readonly #options: WorkerOptions;
  readonly #waiting = new Map<
    string,
    { resolve: (result: WorkerResult) => void; reject: (cause: Error) => void }
  >();
  #child: ChildProcess | undefined;
  #starts = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** How often a process had to be started. */
  get starts(): number {
    return this.#starts;
  }

  run(call: WorkerCall): Promise<WorkerResult> {
    const child = this.#running();
    return new Promise((resolve, reject) => {
      this.#waiting.set(call.id, { resolve, reject });
      child.send(call, (cause) => {
        if (cause) this.#fail(call.id);
      });
    });
  }

  /** As if the machine had been switched off: everything in flight is lost. */
  kill(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.kill('SIGKILL');
    for (const id of [...this.#waiting.keys()]) this.#fail(id);
  }

  close(): Promise<void> {
    const child = this.#child;
    if (!child) return Promise.resolve();
    return new Promise((resolve) => {
      child.once('exit', () => resolve());
      this.kill();
    });
  }

  #running(): ChildProcess {
    if (this.#child) return this.#child;
    const { bundleDir, caFile, servers, onLog } = this.#options;
    this.#starts++;
    const child = fork(path.join(HERE, 'runtime', 'worker.cjs'), [path.resolve(bundleDir)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      env: {
        PATH: process.env['PATH'],
        TZ: 'UTC',
        NODE_EXTRA_CA_CERTS: caFile,
        SANDBOX_EGRESS_MODULE: EGRESS_MODULE,
      },
    });
    child.send({ servers });
    child.on('message', (message: { id?: string; result?: WorkerResult; log?: LogLine }) => {
      if (message.log) onLog(message.log);
      if (message.id && message.result) this.#settle(message.id, message.result);
    });
    child.once('exit', (code, signal) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      const text = `the worker process ended by itself (${signal ?? `code ${code}`})`;
      onLog({ invocation: undefined, level: 50, args: [text] });
      for (const id of [...this.#waiting.keys()]) this.#fail(id);
    });
    this.#child = child;
    return child;
  }

  #settle(id: string, result: WorkerResult): void {
    this.#waiting.get(id)?.resolve(result);
    this.#waiting.delete(id);
  }

  #fail(id: string): void {
    this.#waiting.get(id)?.reject(new WorkerGone('the worker process is gone'));
    this.#waiting.delete(id);
  }
}
