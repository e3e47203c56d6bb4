/** A file of the dossier is absent, or is not what its name announces. Its sentence is for the person who verifies. */
export class Unlike extends Error {}

export type Say = (fault: string) => void;

/** Files of a dossier, read from anybody: nothing about them is taken for granted. */
export class Reader {
  constructor(readonly files: ReadonlyMap<string, Buffer>) {}

  bytes(name: string): Buffer {
    const found = this.files.get(name);
    if (!found) throw new Unlike(`Le fichier « ${name} » manque.`);
    return found;
  }

  text(name: string): string {
    return this.bytes(name).toString('utf8');
  }

  /** The shape is checked by the rule that reads it: what does not have it makes the rule fail, never the program. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- who reads names the shape it will check
  json<T>(name: string): T {
    return parsed<T>(this.text(name), `« ${name} »`);
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- who reads names the shape it will check
  lines<T>(name: string): T[] {
    const rows = this.text(name).split('\n');
    if (rows.at(-1) === '') rows.pop();
    return rows.map((row, index) => parsed<T>(row, `la ligne ${index + 1} de « ${name} »`));
  }

  /** Files of a folder of the dossier, without their path. */
  in(folder: string): { name: string; id: string }[] {
    return [...this.files.keys()].filter((name) => name.startsWith(`${folder}/`)).map((name) => ({ name, id: name.slice(folder.length + 1).replace(/\.\w+$/, '') }));
  }
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- who reads names the shape it will check
function parsed<T>(text: string, what: string): T {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as T;
  } catch {
    // said below
  }
  throw new Unlike(`Le contenu de ${what} ne se lit pas.`);
}
