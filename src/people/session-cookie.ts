import type { Req, Res } from '../platform/web.js';

/** `__Host-` binds the cookie to https and to this host (decisions.md 23); plain http only in demonstration and tests. */
export class SessionCookie {
  private readonly name: string;

  constructor(private readonly secure: boolean) {
    this.name = secure ? '__Host-souspli' : 'souspli';
  }

  set(response: Res, token: string) {
    response.cookie(this.name, token, { httpOnly: true, secure: this.secure, sameSite: 'lax', path: '/' });
  }

  clear(response: Res) {
    response.clearCookie(this.name, { httpOnly: true, secure: this.secure, sameSite: 'lax', path: '/' });
  }

  /** From the cookie, or for the API from `Authorization: Bearer`. */
  read(request: Req): string | undefined {
    const bearer = /^Bearer ([\w-]{20,100})$/.exec(request.headers.authorization ?? '')?.[1];
    if (bearer) return bearer;
    for (const pair of (request.headers.cookie ?? '').split(';')) {
      const [name, value] = pair.trim().split('=');
      if (name === this.name && value) return value;
    }
    return undefined;
  }
}
