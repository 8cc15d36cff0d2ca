import { askFor, infoKey } from "../job/info-key.ts";
import { commentNotes } from "../job/inline-comment.ts";
import { asReadInfo, type ReadInfo } from "../job/read-info.ts";
import { nearest } from "../text/nearest.ts";
import type { Problem } from "../text/problem.ts";
import { quoted } from "../text/quoted.ts";
import { type CfgFile, type CfgSection, readCfg } from "./cfg.ts";
import { swallowedOptions } from "./cfg-swallowed.ts";

const SECTION = "QMOptions";

/** Reads the section `[QMOptions]`, its name in any case if not as written here; `file` names the problems. */
export function readCfgInfo(text: string, file: string): ReadInfo {
  const { cfg, problems: faults } = readCfg(text, file, SECTION);
  const section = findSection(cfg);
  if (section === undefined)
    return { kind: "problems", problems: faults.length > 0 ? faults : [withoutSection(cfg, file)] };
  const entries = [...section.entries.values()];
  const known = entries.flatMap(({ key: written, line, value }) => {
    const key = infoKey(written);
    return key === undefined ? [] : [{ key, line, value }];
  });
  const own = entries.flatMap(({ key, line }) => (infoKey(key) === undefined ? [{ key, line }] : []));
  const badValues = known.flatMap(({ value }) => (value.kind === "problems" ? value.problems : []));
  const problems = [...faults, ...badValues];
  const fields = known.flatMap(({ key, line, value }) =>
    value.kind === "ok" ? [{ key, line, value: value.value }] : [],
  );
  const swallowed = entries.flatMap((entry) => swallowedOptions(entry, file));
  return asReadInfo(fields, problems, { own, notes: [...commentNotes(fields, file), ...swallowed] });
}

function findSection(cfg: CfgFile): CfgSection | undefined {
  const sections = [...cfg.sections.values()];
  const inAnyCase = sections.find(({ name }) => name.toLowerCase() === SECTION.toLowerCase());
  return cfg.sections.get(SECTION) ?? inAnyCase;
}

function withoutSection(cfg: CfgFile, file: string): Problem {
  const names = [...cfg.sections.keys()].slice(0, 10).map((name) => quoted(`[${name}]`));
  const wrong = `has no section [${SECTION}], ${names.length === 0 ? "nor any other" : `only ${names.join(", ")}`}`;
  const meant = nearest(SECTION, [...cfg.sections.keys()]);
  const right =
    meant === undefined
      ? `should begin with a line [${SECTION}], with the options after it`
      : askFor(`[${meant}]`, `[${SECTION}]`, cfg.sections.get(meant)?.line);
  return { file, wrong, right };
}
