/** One document to print. The body comes from our own templates: whatever people typed in it is already escaped. */
export interface Sheet {
  /** Title of the PDF, read aloud and shown by readers instead of the file name. */
  title: string;
  css: string;
  /** Inner HTML of <body>. */
  body: string;
}

/** Door to the letter press: HTML in, tagged PDF out. Never called inside an act (decisions.md 12). */
export abstract class Printer {
  /**
   * @throws UnprintableBody when the body holds anything but plain, inert HTML
   */
  abstract print(sheet: Sheet): Promise<Buffer>;
  /** Pays the slow start beforehand, so that the first letter does not wait for it. */
  abstract warm(): Promise<void>;
  abstract close(): Promise<void>;
}
