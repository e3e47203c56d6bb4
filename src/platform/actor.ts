/** One mandate of a person: role, in an organisation, on a territory, between two dates (decisions.md 9). */
export interface Mandate {
  organisationId: string;
  organisationName: string;
  role: string;
  /** Department code, region code prefixed by `R`, `*` for everywhere. */
  territory: string;
}

/** Who acts. Knows nothing of the database: built from the session, or by hand in a test. */
export class Actor {
  constructor(
    readonly id: string,
    readonly name: string,
    readonly mandates: readonly Mandate[],
  ) {}

  /** Someone without a session: asks for a link, verifies a receipt. */
  static readonly anonymous = new Actor('anonymous', 'Anonyme', []);
  /** The application itself: jobs, sweeps, the clock. */
  static readonly system = new Actor('system', 'Souspli', []);

  get isSystem() {
    return this === Actor.system;
  }

  has(role: string) {
    return this.mandates.some((mandate) => mandate.role === role);
  }

  /** Role held in this organisation. */
  holds(role: string, organisationId: string) {
    return this.mandates.some((mandate) => mandate.role === role && mandate.organisationId === organisationId);
  }

  /** Role held on this territory, whatever the organisation. */
  holdsOn(role: string, territory: string) {
    return this.mandates.some((m) => m.role === role && (m.territory === territory || m.territory === '*'));
  }

  organisations(role: string) {
    return this.mandates.filter((mandate) => mandate.role === role).map((mandate) => mandate.organisationId);
  }
}
