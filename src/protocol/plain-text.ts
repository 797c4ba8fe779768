/** What a terminal takes for a command, or what turns the direction of the text around it; not tabs and ends of lines. */
const COMMANDS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text that may be anything, as it can be shown: each character that is a command is a replacement character. */
export function plainText(text: string): string {
  return text.replace(COMMANDS, '\uFFFD');
}
