/** Deno's cache: a program of Deno that is started with an empty HOME would not find it. */

let found: string | undefined;

export const denoDir = (): string => found ??= Deno.env.get("DENO_DIR") ?? told();

function told(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
