// Files of a drop or of a chosen folder, with the names under which they are sent. Used by upload.js.

/** What systems leave in folders, and the locks of office programs: nobody means to send them. */
const LITTER = /^(\.DS_Store|Thumbs\.db|desktop\.ini|\._.*|~\$.*|\.~lock\..*)$/;

/** « Annexes/plan.pdf » becomes « Annexes - plan.pdf »: two plans of two folders stay apart, and no name is a path. */
const nameOf = (path) => path.split('/').filter(Boolean).join(' - ');

export const named = (files) => tidy(Array.from(files, (file) => ({ file, name: nameOf(file.webkitRelativePath || file.name) })));

const tidy = (chosen) => chosen.filter(({ file }) => !LITTER.test(file.name));

/** Folders are read to the bottom, but never beyond `most` files: a whole disk may be dropped by mistake. */
export async function dropped(transfer, most) {
  const entries = Array.from(transfer.items ?? [], (item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.every((entry) => entry.isFile)) return named(transfer.files);
  const found = [];
  for (let entry; (entry = entries.shift()) && found.length <= most; ) {
    if (entry.isFile) found.push({ file: await new Promise((give, fail) => entry.file(give, fail)), name: nameOf(entry.fullPath) });
    else entries.push(...(await childrenOf(entry, most)));
  }
  return tidy(found);
}

async function childrenOf(folder, most) {
  const reader = folder.createReader();
  const children = [];
  // A reader gives a hundred at a time, then an empty list.
  for (let some; children.length <= most; children.push(...some)) {
    some = await new Promise((give, fail) => reader.readEntries(give, fail));
    if (some.length === 0) break;
  }
  return children;
}
