import type { Checked } from "../text/problem.ts";

const RIGHT = "should be saved as UTF-8";

/** The text of a UTF-8 file without its byte-order mark, or where it is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, file: string): Checked<string> {
  if (isUtf16(bytes)) {
    return {
      kind: "problems",
      problems: [{ file, wrong: "is UTF-16 (Windows calls it Unicode)", right: RIGHT }],
    };
  }
  if (isValid(bytes, false)) return { kind: "ok", value: new TextDecoder("utf-8").decode(bytes) };
  const offset = firstBadByte(bytes);
  const line = bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1;
  const wrong = `is not UTF-8: byte ${offset} begins no character`;
  return { kind: "problems", problems: [{ file, line, wrong, right: RIGHT }] };
}

function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** Whether the bytes are UTF-8; with `mayBeCut` the last character may lack its end. */
function isValid(bytes: Uint8Array, mayBeCut: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: mayBeCut });
    return true;
  } catch {
    return false;
  }
}

/** The 0-based place of the first byte that begins no character, found by halving. */
function firstBadByte(bytes: Uint8Array): number {
  let [valid, invalid] = [0, bytes.length + 1];
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2);
    if (isValid(bytes.subarray(0, middle), true)) valid = middle;
    else invalid = middle;
  }
  while (!isValid(bytes.subarray(0, valid), false)) valid -= 1;
  return valid;
}
