import { spawn } from 'node:child_process';

/** A display of its own for a browser with a window, closed by `close` before it: only there does the browser ask. */
export async function withDisplay(close: () => Promise<void>, body: () => Promise<void>): Promise<void> {
  const before = process.env['DISPLAY'];
  const display = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  try {
    const number = await new Promise<string>((resolve, reject) => {
      display.stdio[3]?.once('data', (chunk: Buffer) => {
        resolve(chunk.toString().trim());
      });
      display.once('exit', reject);
    });
    process.env['DISPLAY'] = `:${number}`;
    await body();
    await close();
  } finally {
    display.kill();
    if (before === undefined) delete process.env['DISPLAY'];
    else process.env['DISPLAY'] = before;
  }
}
