import { answer, TOKEN } from "./_lab.ts";

/** What a cell gave. */
export interface CellEnd {
  readonly status: string;
  /** Name and text of its error, if it failed. */
  readonly error: string;
  /** What it showed and printed. */
  readonly shown: string;
  /** Contents of its displays, by MIME type. */
  readonly bundles: readonly Readonly<Record<string, unknown>>[];
}

/** A kernel of a running Jupyter, as a notebook's page talks to it. */
export class NotebookKernel implements AsyncDisposable {
  private constructor(
    private readonly address: string,
    private readonly id: string,
    private readonly socket: WebSocket,
  ) {}

  /** @param path Of the notebook below the server's root; its folder becomes the kernel's. */
  static async start(address: string, path: string): Promise<NotebookKernel> {
    const { kernel: { id } } = await answer(`${address}/api/sessions?token=${TOKEN}`, {
      method: "POST",
      body: JSON.stringify({ path, type: "notebook", name: "", kernel: { name: "deno" } }),
    });
    const socket = new WebSocket(
      `${address.replace("http", "ws")}/api/kernels/${id}/channels?token=${TOKEN}`,
    );
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return new NotebookKernel(address, id, socket);
  }

  /** Runs a cell. @param onShown Called with each text as it is shown. */
  run(code: string, onShown: (text: string) => void = () => {}): Promise<CellEnd> {
    const id = crypto.randomUUID();
    let [shown, error] = ["", ""];
    let status: string | undefined, idle = false, ending = false;
    const bundles: Record<string, unknown>[] = [];
    const end = new Promise<CellEnd>((resolve) => {
      const listen = ({ data }: MessageEvent) => {
        const { msg_type, parent_header, content } = JSON.parse(data);
        if (parent_header?.msg_id !== id) return;
        const text = content.text ?? content.data?.["text/plain"];
        if (typeof text === "string") {
          shown += text;
          onShown(text);
        }
        if (msg_type === "display_data") bundles.push(content.data);
        if (msg_type === "error") error = `${content.ename}: ${content.evalue} ${content.traceback}`;
        if (msg_type === "execute_reply") status = content.status;
        // What the cell showed may come after its reply, and after word that the kernel is idle again.
        idle ||= msg_type === "status" && content.execution_state === "idle";
        if (!idle || status === undefined || ending) return;
        ending = true;
        setTimeout(() => {
          this.socket.removeEventListener("message", listen);
          resolve({ status: status!, error, shown, bundles });
        }, 2000);
      };
      this.socket.addEventListener("message", listen);
    });
    this.socket.send(JSON.stringify({
      header: {
        msg_id: id,
        username: "",
        session: "test",
        msg_type: "execute_request",
        version: "5.3",
        date: "",
      },
      parent_header: {},
      metadata: {},
      content: { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false },
      channel: "shell",
    }));
    return end;
  }

  /** What the page's ■ does. */
  async interrupt(): Promise<void> {
    const { ok, body } = await fetch(
      `${this.address}/api/kernels/${this.id}/interrupt?token=${TOKEN}`,
      { method: "POST" },
    );
    await body?.cancel();
    if (!ok) throw new Error("Jupyter did not interrupt the kernel");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.socket.onclose = resolve);
    this.socket.close();
    await closed;
    const { body } = await fetch(`${this.address}/api/kernels/${this.id}?token=${TOKEN}`, {
      method: "DELETE",
    });
    await body?.cancel();
  }
}
