import { DockerfileParser, type Instruction, JSONInstruction } from 'dockerfile-ast';

/** One FROM and what follows it. */
export interface Stage {
  readonly name: string;
  /** The image it starts from, or the name of an earlier stage. */
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

export function parseStages(dockerfile: string): Stage[] {
  const stages: { name: string; from: string; instructions: Instruction[] }[] = [];
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const [from = '', , name = ''] = words(instruction);
      stages.push({ name, from, instructions: [] });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** The instructions of a stage after those of the stages it is built on; the last of a kind is the one that counts. */
export function inherited(stages: readonly Stage[], name: string): Instruction[] {
  const stage = stages.find((one) => one.name === name);
  return stage ? [...inherited(stages, stage.from), ...stage.instructions] : [];
}

export const last = (instructions: readonly Instruction[], keyword: string): Instruction | undefined =>
  instructions.findLast((one) => one.getKeyword() === keyword);

export const words = (instruction: Instruction): string[] => instruction.getArguments().map((one) => one.getValue());

/** The words of an instruction in exec form; undefined in shell form, where a shell is process 1 and swallows SIGTERM. */
export function execForm(instruction: Instruction | undefined): string[] | undefined {
  if (instruction === undefined) return [];
  if (!(instruction instanceof JSONInstruction) || !instruction.getClosingBracket()) return undefined;
  return instruction.getJSONStrings().map((one) => one.getJSONValue());
}
