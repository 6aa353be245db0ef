/** What a picture is, by its first bytes: names and declared types can say anything. */
export type LogoType = 'image/png' | 'image/jpeg' | 'image/webp';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

export function logoType(bytes: Uint8Array): LogoType | undefined {
  const begins = (with_: readonly number[], at = 0) =>
    with_.every((byte, i) => bytes[at + i] === byte);
  const letters = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
  if (begins(PNG)) return 'image/png';
  if (begins(JPEG)) return 'image/jpeg';
  if (begins(letters('RIFF')) && begins(letters('WEBP'), 8)) return 'image/webp';
  return undefined;
}
