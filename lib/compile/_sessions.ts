/** Sessions in use, shared by programs that are the same. */
import { createHash } from "node:crypto";
import type { GraphEngine, GraphSession, TracedProgram } from "./_executors.ts";

interface Shared {
  readonly session: Promise<GraphSession>;
  users: number;
}

/** A session, and the SHA-256 of its model. */
export interface SharedSession extends GraphSession {
  readonly digest: string;
}

/** By engine, then by digest of the model. */
const shared = new WeakMap<GraphEngine, Map<string, Shared>>();

/**
 * Opens a model, or shares the session of an equal model that is still open on this engine.
 *
 * A model holds the whole program with the types and shapes of its inputs, so its digest is the key. Sessions
 * keep no state between runs. The last of those who share a session frees it; releasing twice counts once.
 */
export async function openSession(
  engine: GraphEngine,
  model: Uint8Array,
  name: string,
  program?: TracedProgram,
): Promise<SharedSession> {
  const sessions = shared.get(engine) ?? new Map<string, Shared>();
  shared.set(engine, sessions);
  const digest = createHash("sha256").update(model).digest("hex");
  const entry = sessions.get(digest) ?? { session: engine.open(model, name, program), users: 0 };
  sessions.set(digest, entry);
  entry.users++;
  let released = false;
  const release = async (): Promise<void> => {
    if (released) return;
    released = true;
    if (--entry.users > 0) return;
    sessions.delete(digest);
    await (await entry.session).release();
  };
  try {
    return { ...await entry.session, release, digest };
  } catch (error) {
    // A session that could not be opened is not to be shared.
    if (sessions.get(digest) === entry) sessions.delete(digest);
    throw error;
  }
}

/** How many sessions an engine has open. */
export function openSessions(engine: GraphEngine): number {
  return shared.get(engine)?.size ?? 0;
}
