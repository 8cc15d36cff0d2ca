/** Texts with which strangers have broken pages. */
export const HOSTILE: readonly string[] = [
  "<script>alert(1)</script>",
  `"onmouseover="alert(1)" x="`,
  "'><img src=x onerror=alert(1)>",
  "</textarea></title></pre><svg onload=alert(1)>",
  "javascript:alert(1)",
  "control \u0000\u0007\b\u001b[31m\u007f\u009b31m",
  "line\nbreak\r\nand\u2028separator",
  "bidi \u202egnp.exe\u202c \u2066isolate\u2069",
  "<%= process.env %> {{7*7}} &lt;b&gt;",
  "n".repeat(255),
  "مرحبا بالعالم עברית",
  "../../etc/passwd",
  "%2e%2e%2f%00",
  "\ud800 half a pair",
];

/** One hostile text after the other, for ever. */
export function hostileAt(at: number): string {
  return HOSTILE[at % HOSTILE.length] ?? "";
}
