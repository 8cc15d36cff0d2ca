#!/bin/sh
# Makes dist/ from src/: the program with all its packages in a few files, as every file that is loaded costs each start. Does
# nothing where dist/ is newer than all that it is made from, so every script may call it.
set -eu
cd "$(dirname "$0")"

# The shim's copy is the first file of a build: what changes after it has not been built.
if [ -f dist/process/shim.sh ] && [ -z "$(find src package-lock.json build.sh tsconfig.lib.json -newer dist/process/shim.sh)" ]; then exit; fi

rm -rf dist.part
mkdir -p dist.part/process
cp src/worker/process/shim.sh dist.part/process/
# Packages in the old form of modules call `require`. That of jsonc-parser cannot be bundled; it has the new form beside it.
node_modules/.bin/esbuild bin/qm=src/bin/qm.ts bin/spawner=src/bin/spawner.ts lib/queuemanager=src/library/index.ts lib/dirjobs=src/dirjobs/index.ts \
  --outdir=dist.part --chunk-names=bin/[name]-[hash] \
  --bundle --splitting --format=esm --platform=node --target=node20 --log-level=warning \
  --sourcemap --sources-content=false --alias:jsonc-parser=jsonc-parser/lib/esm/main.js \
  --banner:js='import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);'
chmod +x dist.part/bin/qm.js
# The types of what others import.
node_modules/.bin/tsc -p tsconfig.lib.json --outDir dist.part/types

# A command that starts from dist/ meanwhile finds either the old program or the new one.
rm -rf dist
mv dist.part dist
