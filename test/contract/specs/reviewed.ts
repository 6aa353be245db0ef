/**
 * Where an official description is wrong about the real service, or leaves something out, and where
 * that can be seen. Anything else that a call does against a description is a violation. The list is
 * read by people: at most fifteen entries, each with its source.
 */
import type { Violation } from './conformance';

export interface SpecError {
  readonly api: Violation['api'];
  /** Against `METHOD template`, the place and the message of a violation, as `lineOf` writes them. */
  readonly says: RegExp;
  readonly why: string;
  readonly source: string;
}

export const specErrors: readonly SpecError[] = [];

/** Operations that a description lacks, and the described one whose shapes they share. */
export interface MissingOperation {
  readonly api: Violation['api'];
  readonly method: string;
  readonly path: RegExp;
  /** Template of the operation to read instead. */
  readonly like: { readonly method: string; readonly template: string };
  readonly why: string;
  readonly source: string;
}

export const missingOperations: readonly MissingOperation[] = [];
