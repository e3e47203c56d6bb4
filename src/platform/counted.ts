/** « 1 lettre est signée », « 18 lettres sont signées ». */
export const counted = (count: number, one: string, many: string) => `${count}\u00a0${count > 1 ? many : one}`;
