import type { Expression, TSType } from 'oxc-parser';
import { Visitor } from 'oxc-parser';
import type { SourceFile } from './source-tree.ts';
import { lineOf, parse } from './source-tree.ts';

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** Names that a pure file may not mention, unless it binds them itself or they name a property. */
const BANNED_NAMES = words(`
  Date performance setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask
  process fetch crypto Intl WeakRef FinalizationRegistry Buffer console globalThis window self require eval
  SharedArrayBuffer Atomics
`);

/** The part of `Math` that is exact on every engine. */
const EXACT_MATH = words(`
  abs ceil clz32 floor fround imul max min round sign sqrt trunc E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2
`);

const BANNED_METHODS = words('localeCompare toLocaleString toLocaleLowerCase toLocaleUpperCase');
const CONTAINERS = words('Map Set WeakMap WeakSet Array');

/** One sentence per use of something that would make two runs of one seed differ, or tie the file to a platform. */
export function impurities(file: SourceFile): string[] {
  const program = parse(file);
  const found: string[] = [];
  const report = (offset: number, what: string) => found.push(`${file.path}:${lineOf(file, offset)} ${what}`);

  // Property names and keys are not uses of a global: `this.process` and `{ crypto: … }` are fine.
  const harmless = new Set<number>();
  new Visitor({
    MemberExpression(node) {
      if (!node.computed) harmless.add(node.property.start);
      if (node.computed || node.property.type !== 'Identifier') return;
      const { name } = node.property;
      if (node.object.type === 'Identifier' && node.object.name === 'Math' && !EXACT_MATH.has(name)) {
        report(node.start, `uses Math.${name}`);
      }
      if (BANNED_METHODS.has(name)) report(node.property.start, `calls ${name}`);
    },
    VariableDeclarator(node) {
      if (node.init?.type === 'Identifier' && node.init.name === 'Math') report(node.start, 'takes Math apart');
    },
    BinaryExpression(node) {
      // Powers of two are exact on every engine, and the way to write large constants and growing delays.
      const powerOfTwo = node.left.type === 'Literal' && node.left.value === 2;
      if (node.operator === '**' && !powerOfTwo) report(node.start, 'uses **');
    },
    AssignmentExpression(node) {
      if (node.operator === '**=') report(node.start, 'uses **=');
    },
    Property(node) {
      if (!node.computed && !node.shorthand) harmless.add(node.key.start);
    },
    PropertyDefinition(node) {
      if (!node.computed) harmless.add(node.key.start);
    },
    MethodDefinition(node) {
      if (!node.computed) harmless.add(node.key.start);
    },
    TSPropertySignature(node) {
      if (!node.computed) harmless.add(node.key.start);
    },
    TSMethodSignature(node) {
      if (!node.computed) harmless.add(node.key.start);
    },
  }).visit(program);

  const declared = declaredNames(program);
  new Visitor({
    Identifier(node) {
      if (BANNED_NAMES.has(node.name) && !harmless.has(node.start) && !declared.has(node.name)) {
        report(node.start, `mentions ${node.name}`);
      }
    },
  }).visit(program);

  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration' || declaration.declare) continue;
    if (declaration.kind !== 'const') report(declaration.start, `keeps module-level state in a ${declaration.kind}`);
    for (const { id, init, start } of declaration.declarations) {
      if (init !== null && startsEmpty(init) && !isReadonly(id.typeAnnotation?.typeAnnotation))
        report(start, 'keeps module-level state in an empty container');
    }
  }
  return found;
}

function isReadonly(type: TSType | undefined): boolean {
  if (type?.type === 'TSTypeOperator') return type.operator === 'readonly';
  if (type?.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return false;
  return type.typeName.name.startsWith('Readonly');
}

/** A container that is empty when the module loads makes sense only if somebody fills it later. */
function startsEmpty(init: Expression): boolean {
  if (init.type === 'ArrayExpression') return init.elements.length === 0;
  if (init.type === 'ObjectExpression') return init.properties.length === 0;
  if (init.type !== 'NewExpression' || init.callee.type !== 'Identifier') return false;
  return CONTAINERS.has(init.callee.name) && init.arguments.length === 0;
}

/** Names that the file binds itself: a parameter called `crypto` is the port, not the global. */
function declaredNames(program: ReturnType<typeof parse>): Set<string> {
  const names = new Set<string>();
  const bind = (pattern: { type: string } & object): void => {
    if (pattern.type === 'Identifier' && 'name' in pattern) names.add(String(pattern.name));
    if (pattern.type === 'AssignmentPattern' && 'left' in pattern) bind(pattern.left as { type: string });
    if (pattern.type === 'ObjectPattern' && 'properties' in pattern) {
      type Part = { readonly type: string };
      for (const { value, argument } of pattern.properties as { value: Part | null; argument?: Part }[]) {
        const part = value ?? argument;
        if (part !== undefined) bind(part);
      }
    }
  };
  const bindAll = (node: { params: readonly ({ type: string } & object)[] }) => node.params.forEach(bind);
  new Visitor({
    VariableDeclarator: (node) => bind(node.id),
    FunctionDeclaration: bindAll,
    FunctionExpression: bindAll,
    ArrowFunctionExpression: bindAll,
    TSFunctionType: bindAll,
    TSMethodSignature: bindAll,
    TSEmptyBodyFunctionExpression: bindAll,
    ImportSpecifier: (node) => bind(node.local),
  }).visit(program);
  return names;
}
