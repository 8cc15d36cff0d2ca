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
export function isSystemName(folded: string): boolean {
  return SYSTEM_NAMES.has(folded) || FOUND_BY_CHKDSK.test(folded);
}
