/**
 * Writes docs/API.md from the declarations of a build, or with `--check` exits with 1 where it is not what they say: every public name
 * of the packages `queuemanager` and `queuemanager/dirjobs`, with its documentation.
 */
import fs from "node:fs";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "..");
const PAGE = path.join(ROOT, "docs/API.md");
const PARTS = [
  ["queuemanager", ["library/queue", "library/given", "library/find-jobs", "text/errors"]],
  ["queuemanager/dirjobs", ["dirjobs/dir-jobs", "dirjobs/dir-job"]],
];

const page = `# Every public name

Made from the source by \`npm run docs\`; [LIBRARY.md](LIBRARY.md) tells how it is used. The form of a \`Job\` is that of the API's
description, \`/api/v1/openapi.json\`.
${PARTS.map(([name, files]) => `\n## ${name}\n\n\`\`\`ts\n${files.map(declarationsOf).join("\n\n")}\n\`\`\`\n`).join("")}`;

if (!process.argv.includes("--check")) fs.writeFileSync(PAGE, page);
else if (fs.readFileSync(PAGE, "utf8") !== page) {
  process.stderr.write("docs/API.md is not what the source says: npm run docs\n");
  process.exitCode = 1;
}

function declarationsOf(file) {
  return (
    fs
      .readFileSync(path.join(ROOT, "dist/types", `${file}.d.ts`), "utf8")
      .replaceAll(/^import .*\n/gm, "")
      .replaceAll(/^ +(?:#private|private constructor\(\)|constructor\(jobsDir.*\));\n/gm, "")
      .replaceAll(/^export \{\};\n/gm, "")
      // What the index does not export.
      .replaceAll(
        /^(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export declare function [\s\S]*?;\n(?=\/\*\*|export|$)/gm,
        "",
      )
      .replaceAll(/^export declare /gm, "export ")
      .replaceAll("    ", "  ")
      .trim()
  );
}
