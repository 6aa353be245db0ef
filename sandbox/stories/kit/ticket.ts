/** One request on its way: what people do to it, and what stands on it. */
import { z } from 'zod';
import { linesOf } from './document';
import { demand, type Sent, StoryStopped } from './http';
import type { Jira } from './jira';
import type { Tale } from './tale';

const commentSchema = z.object({
  id: z.string(),
  body: z.unknown(),
  jsdPublic: z.boolean(),
  created: z.string(),
  author: z.looseObject({ accountId: z.string(), accountType: z.string() }),
});

export interface Comment {
  readonly id: string;
  readonly public: boolean;
  readonly by: string;
  readonly byApp: boolean;
  readonly at: string;
  readonly lines: readonly string[];
  readonly headline: string;
  readonly text: string;
}

const issueSchema = z.object({
  fields: z.looseObject({
    summary: z.string(),
    status: z.looseObject({ name: z.string() }),
    resolution: z.looseObject({ name: z.string() }).nullable(),
    description: z.unknown(),
  }),
  properties: z.record(z.string(), z.unknown()).default({}),
});

export interface Looked {
  readonly status: string;
  readonly resolution: string | null;
  readonly description: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** What JQL finds the request by. */
  readonly property: Readonly<Record<string, unknown>> | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly comments: readonly Comment[];
}

const approvalsSchema = z.object({
  values: z.array(
    z.looseObject({
      id: z.string(),
      finalDecision: z.string(),
      canAnswerApproval: z.boolean(),
      approvers: z.array(
        z.looseObject({
          approver: z.looseObject({ accountId: z.string() }),
          approverDecision: z.string(),
        }),
      ),
    }),
  ),
});

export class Ticket {
  readonly id: string;
  readonly key: string;
  readonly jira: Jira;
  readonly #tale: Tale;
  #told = 0;

  constructor(made: { id: string; key: string }, jira: Jira, tale: Tale) {
    this.id = made.id;
    this.key = made.key;
    this.jira = jira;
    this.#tale = tale;
  }

  /** As somebody sees it who works in the project. */
  async look(): Promise<Looked> {
    const path = `/rest/api/3/issue/${this.id}?properties=*all`;
    const sent = demand(await this.jira.as('admin', 'GET', path), 200, `reading ${this.key}`);
    const { fields, properties } = issueSchema.parse(sent.body);
    const own = properties['latchkey'];
    return {
      status: fields.status.name,
      resolution: fields.resolution?.name ?? null,
      description: linesOf(fields.description).join('\n'),
      fields,
      property: own === undefined ? undefined : (own as Record<string, unknown>),
      properties,
      comments: await this.#comments(),
    };
  }

  async #comments(): Promise<Comment[]> {
    const path = `/rest/api/3/issue/${this.id}/comment?maxResults=500`;
    const sent = demand(await this.jira.as('admin', 'GET', path), 200, `comments of ${this.key}`);
    return z
      .object({ comments: z.array(commentSchema) })
      .parse(sent.body)
      .comments.map((comment) => {
        const lines = linesOf(comment.body);
        return {
          id: comment.id,
          public: comment.jsdPublic,
          by: comment.author.accountId,
          byApp: comment.author.accountType === 'app',
          at: comment.created,
          lines,
          headline: lines[0] ?? '',
          text: lines.join('\n'),
        };
      });
  }

  /** Adds to the transcript where the request stands and what was written since the last time. */
  async tell(): Promise<Looked> {
    const seen = await this.look();
    const done = seen.resolution === null ? '' : `, ${seen.resolution}`;
    this.#tale.cameBack(`${this.key} is "${seen.status}"${done}`);
    for (const comment of seen.comments.slice(this.#told)) {
      const [first, ...rest] = comment.lines;
      const who = comment.byApp ? 'app' : 'person';
      this.#tale.cameBack(`${comment.public ? 'public' : 'internal'} (${who}): ${first}`);
      for (const line of rest) this.#tale.cameBack(`  ${line}`);
    }
    this.#told = seen.comments.length;
    return seen;
  }

  /** Everything the customer's own view of the request shows, as one text. */
  async seenBy(person: string): Promise<{ status: number; text: string; comments: string[] }> {
    const base = `/rest/servicedeskapi/request/${this.id}`;
    const request = await this.jira.as(person, 'GET', base);
    const list = await this.jira.as(person, 'GET', `${base}/comment?limit=100`);
    const comments = z
      .object({ values: z.array(z.looseObject({ body: z.string() })) })
      .safeParse(list.body);
    return {
      status: request.status,
      text: `${request.text}\n${list.text}`,
      comments: (comments.data?.values ?? []).map(({ body }) => body),
    };
  }

  async approvals(as = 'admin') {
    const path = `/rest/servicedeskapi/request/${this.id}/approval?limit=50`;
    const sent = demand(await this.jira.as(as, 'GET', path), 200, `approvals of ${this.key}`);
    return approvalsSchema.parse(sent.body).values;
  }

  /** Answers the approval that is open, as an approver does in the portal. */
  async answer(person: string, decision: 'approve' | 'decline'): Promise<Sent> {
    // The last one: Jira leaves those of earlier rounds open.
    const open = (await this.approvals(person)).filter((a) => a.finalDecision === 'pending').at(-1);
    if (!open) throw new StoryStopped(`${this.key} has no open approval for ${person} to answer`);
    this.#tale.step(person, `answers the approval of ${this.key}: ${decision}`);
    const path = `/rest/servicedeskapi/request/${this.id}/approval/${open.id}`;
    const sent = await this.jira.as(person, 'POST', path, { json: { decision } });
    this.#tale.cameBack(`${sent.status}`);
    return sent;
  }

  async approve(person: string): Promise<void> {
    demand(await this.answer(person, 'approve'), 200, `${person}'s approval`);
  }

  async decline(person: string): Promise<void> {
    demand(await this.answer(person, 'decline'), 200, `${person}'s refusal`);
  }

  /** Who may answer the approval that is open. */
  async deciders(): Promise<string[]> {
    const open = (await this.approvals()).filter((a) => a.finalDecision === 'pending').at(-1);
    return (open?.approvers ?? []).map(({ approver }) => approver.accountId);
  }

  /** Moves it by the transition of that name, if this person is offered it. */
  async move(person: string, name: string): Promise<Sent> {
    const path = `/rest/api/3/issue/${this.id}/transitions`;
    const sent = demand(await this.jira.as(person, 'GET', path), 200, 'its transitions');
    const offered = z
      .object({ transitions: z.array(z.looseObject({ id: z.string(), name: z.string() })) })
      .parse(sent.body).transitions;
    const chosen = offered.find((t) => t.name === name);
    if (!chosen) {
      const names = offered.map((t) => t.name).join(', ') || 'nothing';
      throw new StoryStopped(`${person} is not offered "${name}" on ${this.key}, only ${names}`);
    }
    this.#tale.step(person, `moves ${this.key} by "${name}"`);
    const moved = await this.jira.as(person, 'POST', path, {
      json: { transition: { id: chosen.id } },
    });
    return demand(moved, 204, name);
  }

  async edit(person: string, fields: Record<string, unknown>, what: string): Promise<void> {
    this.#tale.step(person, `edits ${this.key}: ${what}`);
    const path = `/rest/api/3/issue/${this.id}`;
    demand(await this.jira.as(person, 'PUT', path, { json: { fields } }), 204, 'the edit');
  }

  /** A public comment in the portal. */
  async say(person: string, body: string): Promise<void> {
    this.#tale.step(person, `comments on ${this.key}: ${body}`);
    const path = `/rest/servicedeskapi/request/${this.id}/comment`;
    const sent = await this.jira.as(person, 'POST', path, { json: { body, public: true } });
    demand(sent, 201, 'the comment');
  }
}
