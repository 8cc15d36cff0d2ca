/** Names that a program gives to files and folders for as long as it has not finished them. */
interface UnfinishedNames {
  readonly program: string;
  /** The names as people write them; capitals stand for any text, `X` for one character drawn by chance. */
  readonly names: readonly string[];
  readonly patterns: readonly RegExp[];
}

/**
 * An ending as people write one: a word in one case of letters or with a first capital, a number, or a word with a number
 * before or behind it (`Docker`, `Prod01`, `STAGE2`, `2ndrun`). 4.2 % of the endings that rsync draws (mkstemp(3): six of 62
 * characters) look so too. Such a copy holds its folder back as one under a last name does: for as long as it grows.
 */
const WRITTEN_ENDING = String.raw`\d*(?:[A-Z]?[a-z]*|[A-Z]+)\d*`;

/**
 * The names that are some copier's alone, as its documentation or source has them. Left out are names that programs give
 * to files of their own that stay: `.nfs…`, `.fuse_hidden…`, `.x.swp`, `x.tmp`, `~$x.docx`, `.#x`, `x~`. Characters drawn by
 * chance count only where no person chooses such: an ending as people write one, and hash names, do not.
 */
export const UNFINISHED_NAMES: readonly UnfinishedNames[] = [
  row(
    "Chrome, Edge and their kin",
    ["*.crdownload", ".org.chromium.Chromium.XXXXXX"],
    [/\.crdownload$/i, /^\.(?:org\.chromium\.Chromium|com\.google\.Chrome)\.\w{6}$/],
  ),
  row("Firefox, KDE, Transmission, yt-dlp", ["*.part"], [/\.part$/i]),
  row("Safari, Opera", ["*.download", "*.opdownload"], [/\.(?:op)?download$/i]),
  row("WinSCP", ["*.filepart"], [/\.filepart$/i]),
  row("rclone", ["*.partial"], [/\.partial$/i]),
  row(
    "Syncthing",
    [".syncthing.NAME.tmp", "~syncthing~NAME.tmp"],
    [/^(?:\.syncthing\.|~syncthing~).+\.tmp$/i],
  ),
  row("Nextcloud, ownCloud", [".NAME.~XXXX"], [/^\..+\.~[0-9a-f]+$/i]),
  row("Dropbox", [".dropbox.cache"], [/^\.dropbox\.cache$/i]),
  row("Google Drive", [".tmp.drivedownload", ".tmp.driveupload"], [/^\.tmp\.drive(?:download|upload)$/i]),
  row("MEGA", [".getxfer.*.mega"], [/^\.getxfer\..+\.mega$/i]),
  row("Resilio Sync", ["*.!sync"], [/\.!sync$/i]),
  row("Insync", ["*.insyncdl"], [/\.insyncdl$/i]),
  row("Unison", ["*.unison.tmp"], [/\.unison\.tmp$/i]),
  row("Mutagen", [".mutagen-temporary-*"], [/^\.mutagen-temporary-/i]),
  row("FreeFileSync", ["*.ffs_tmp"], [/\.ffs_tmp$/i]),
  row("GNOME, GVfs", [".goutputstream-XXXXXX", ".giosaveXXXXXX"], [/^\.(?:goutputstream-|giosave)\w{6}$/]),
  row("macOS", ["*.sb-XXXXXXXX-XXXXXX", ".NAME.icloud"], [/\.sb-[0-9a-f]{8}-\w{6}$/, /^\..+\.icloud$/i]),
  row("lftp", ["*.lftp-pget-status", ".in.NAME"], [/\.lftp-pget-status$/i, /^\.in\../]),
  row("ProFTPD, Pure-FTPd", [".in.NAME.", ".pureftpd-upload.*"], [/^\.in\..+\.$/, /^\.pureftpd-upload\./]),
  row("Cyberduck", ["*.cyberducksegment"], [/\.cyberducksegment$/i]),
  row("aria2", ["*.aria2"], [/\.aria2$/i]),
  row("BitTorrent programs", ["*.!ut", "*.!bt", "*.!qB", "*.bc!"], [/\.(?:!ut|!bt|!qb|bc!)$/i]),
  row("DownThemAll, FlashGet", ["*.dtapart", "*.jc!"], [/\.(?:dtapart|jc!)$/i]),
  row("gsutil, gcloud", ["*_.gstmp"], [/_\.gstmp$/i]),
  row("azcopy", [".azDownload-*"], [/^\.azDownload-/i]),
  row("MinIO", ["*.part.minio"], [/\.part\.minio$/i]),
  row("Aspera", ["*.aspera-ckpt"], [/\.aspera-ckpt$/i]),
  row("Hugging Face", ["*.incomplete"], [/\.incomplete$/i]),
  // Last: what is only drawn by chance may be a part of another program's name.
  row("aws, boto3", ["NAME.XXXXXXXX"], [drawn("[^.]", "(?=.*[a-f])(?=.*[A-F])[0-9A-Fa-f]{8}")]),
  row(
    "rsync",
    [".NAME.XXXXXX", ".~tmp~", ".rsync-partial"],
    [drawn(String.raw`^\..+`, "[A-Za-z0-9]{6}"), /^\.(?:~tmp~|rsync-partial)$/],
  ),
  row(
    "rsync of macOS",
    [".NAME.XXXXXXXXXX"],
    [drawn(String.raw`^\..+`, String.raw`(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9]{10}`)],
  ),
];

/** A name with an ending drawn by chance behind its last dot. */
function drawn(before: string, ending: string): RegExp {
  return new RegExp(String.raw`${before}\.(?!${WRITTEN_ENDING}$)${ending}$`);
}

function row(program: string, names: readonly string[], patterns: readonly RegExp[]): UnfinishedNames {
  return { program, names, patterns };
}

/** The program that has not finished what it has given this name; undefined where no copier gives such a name. */
export function copierOf(name: string): string | undefined {
  return UNFINISHED_NAMES.find(({ patterns }) => patterns.some((pattern) => pattern.test(name)))?.program;
}

/**
 * True for the name of a file or folder that is not finished yet.
 * @param more patterns of such names beside those of the known copiers, with `*` for any text and `?` for one character
 */
export function isUnfinishedName(name: string, more: readonly string[] = []): boolean {
  return copierOf(name) !== undefined || more.some((pattern) => matchesPattern(name, pattern));
}

/** Made once of each pattern; there are few. */
const madeOf = new Map<string, RegExp>();

/** True for a name that is as a pattern says, in any case of letters: `*` stands for any text, `?` for one character. */
function matchesPattern(name: string, pattern: string): boolean {
  const made = madeOf.get(pattern) ?? expressionOf(pattern);
  madeOf.set(pattern, made);
  return made.test(name);
}

// Text first: the stars and dots of the expression are not the pattern's.
function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[^*?]+/g, escaped)
    .replaceAll("?", ".")
    .replaceAll("*", ".*");
  return new RegExp(`^${source}$`, "isu");
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`);
}
