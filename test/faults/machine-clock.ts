// The machine's clock, as an administrator or a time server may step it. To be imported before anything that reads it.
const RealDate = Date;
let shift = 0;

export const stepMachineClock = (ms: number) => {
  shift += ms;
};

globalThis.Date = class extends RealDate {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(RealDate.now() + shift);
    else super(...(given as [number]));
  }

  static override now() {
    return RealDate.now() + shift;
  }
} as DateConstructor;
