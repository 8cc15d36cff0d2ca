import { type InfoField, infoKey } from "../core/info.ts";
import type { Checked } from "../core/problem.ts";
import { quoted } from "../core/quoted.ts";
import { type CfgFile, type CfgSection, parseCfg } from "./cfg.ts";

const SECTION = "QMOptions";

/** Reads the section `[QMOptions]`, its name in any case if not as written here; `file` names the problems. */
export function readCfgInfo(text: string, file: string): Checked<readonly InfoField[]> {
  const cfg = parseCfg(text, file);
  if (cfg.kind === "problems") return cfg;
  const section = findSection(cfg.value);
  if (section === undefined) return withoutSection(cfg.value, file);
  const known = [...section.entries.values()].flatMap(({ key: written, line, value }) => {
    const key = infoKey(written);
    return key === undefined ? [] : [{ key, line, value }];
  });
  const problems = known.flatMap(({ value }) => (value.kind === "problems" ? value.problems : []));
  if (problems.length > 0) return { kind: "problems", problems };
  const fields = known.flatMap(({ key, line, value }) =>
    value.kind === "ok" ? [{ key, line, value: value.value }] : [],
  );
  return { kind: "ok", value: fields };
}

function findSection(cfg: CfgFile): CfgSection | undefined {
  const sections = [...cfg.sections.values()];
  const inAnyCase = sections.find(({ name }) => name.toLowerCase() === SECTION.toLowerCase());
  return cfg.sections.get(SECTION) ?? inAnyCase;
}

function withoutSection(cfg: CfgFile, file: string): Checked<never> {
  const names = [...cfg.sections.keys()].slice(0, 10).map((name) => quoted(`[${name}]`));
  const wrong = `has no section [${SECTION}], ${names.length === 0 ? "nor any other" : `only ${names.join(", ")}`}`;
  const right = `should begin with a line [${SECTION}], with the options after it`;
  return { kind: "problems", problems: [{ file, wrong, right }] };
}
