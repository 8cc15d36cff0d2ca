/** Longest file name, in bytes of UTF-8, on the file systems in use. */
export const MAX_NAME_BYTES = 255;

/** In any case of letters. */
const IGNORED_ENDING = /\.(?:part|filepart|tmp)$/i;

/** Names that are never jobs: hidden, temporary, or a system's own. */
export function isIgnoredName(name: string): boolean {
  return /^[.~]/.test(name) || IGNORED_ENDING.test(name) || isSystemName(foldName(name));
}

/** The name that a temporary name (`.name`, `name.part`, …) is to become, where the form tells. */
export function finalNameOf(temporary: string): string | undefined {
  const shown = temporary.replace(IGNORED_ENDING, "").replace(/^[.~]+/, "");
  return shown === temporary || shown === "" ? undefined : shown;
}

/**
 * The form in which two names count as the same job: without case, composed (NFC), as on SMB and macOS shares.
 * Composed once more after the change of case, as some small letters have a composed form and their capitals none.
 */
export function foldName(name: string): string {
  return name.normalize("NFC").toLowerCase().normalize("NFC");
}

/** The number in a text that may stand for one: `12`, or `#12`; undefined for any other text. */
export function writtenNumber(text: string): number | undefined {
  const digits = /^#?([1-9]\d{0,14})$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The name itself if it is free, else `name-2`, `name-3`, … shortened so that it still fits.
 * @param isTaken told a folded name
 */
export function freeName(name: string, isTaken: (folded: string) => boolean): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? fitName(name, "") : fitName(name, `-${number}`);
    if (!isTaken(foldName(candidate))) return candidate;
  }
}

/** `name` plus `suffix` within 255 bytes, cut between characters. */
function fitName(name: string, suffix: string): string {
  const characters = Array.from(name);
  while (byteLength(characters.join("") + suffix) > MAX_NAME_BYTES) characters.pop();
  return characters.join("") + suffix;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Names that systems give to their own files and folders in a share's root; in the form of `foldName`. */
const SYSTEM_NAMES: ReadonlySet<string> = new Set(
  [
    // Windows: caches of folder views, recycle bins of all ages, volume data, replication between servers.
    ["thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "$recycle.bin", "recycler", "recycled"],
    ["system volume information", "dfsrprivate", "pagefile.sys", "hiberfil.sys", "swapfile.sys"],
    // macOS and its file servers: icons, whose carriage return SMB clients write as U+F00D, archives, volume folders.
    ["icon\r", "icon\uf00d", "__macosx", "network trash folder", "temporary items"],
    ["thevolumesettingsfolder", "thefindbycontentfolder", "desktop db", "desktop df"],
    // Linux and Android: what fsck saves, disk quotas.
    ["lost+found", "lost.dir", "aquota.user", "aquota.group", "quota.user", "quota.group"],
    // NAS: Synology, QNAP, Buffalo, Netgear.
    ["@eadir", "#recycle", "#snapshot", "@tmp", "@sharesnap"],
    ["@recycle", "@recently-snapshot", "@transcode", "trashbox", "recycle bin"],
  ].flat(),
);

/** Folders in which chkdsk saves what it finds: `FOUND.000`. */
const FOUND_BY_CHKDSK = /^found\.\d{3}$/;

/**
 * True for a name that systems give to something of their own in a share's root. A job never has such a name.
 * @param folded a name in the form of `foldName`
 */
function isSystemName(folded: string): boolean {
  return SYSTEM_NAMES.has(folded) || FOUND_BY_CHKDSK.test(folded);
}
