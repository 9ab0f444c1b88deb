import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const JAR = join(import.meta.dirname, '../../../laptop-server/target/notesync-server.jar');

/** The real laptop server, serving a small project. */
export interface Laptop {
  url: string;
  /** Where the project is. */
  folder: string;
  /** The user types the code into the server's terminal. */
  type(code: string): void;
  /** The kinds of what the server told in its terminal, in order. */
  told: string[];
  close(): Promise<void>;
}

export async function startLaptop(): Promise<Laptop> {
  if (!existsSync(JAR)) throw new Error(`${JAR} is missing: run mvn -pl laptop-server -am package`);
  const folder = mkdtempSync(join(tmpdir(), 'notesync-project-'));
  writeFileSync(join(folder, 'cart.py'), 'total = 1\n');
  const server = spawn('java', ['-jar', JAR, '--json', '--port', '0', folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => {
    server.once('exit', () => {
      resolve();
    });
  });
  const lines = createInterface(server.stdout);
  const told: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const { url, event } = JSON.parse(line) as { url?: string; event: string };
      told.push(event);
      if (url !== undefined) resolve(url);
    });
    void ended.then(() => {
      reject(new Error('the laptop server ended before it served'));
    });
  });
  return {
    url,
    folder,
    told,
    type: (code) => {
      server.stdin.write(`${code}\n`);
    },
    close: async () => {
      server.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
