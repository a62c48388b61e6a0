// SPDX-License-Identifier: Apache-2.0
/** The faults that a piece of code can have: those of StrykerJS but for texts, and refusals of another class. */

import ts from "typescript";

/** What stands in the place of a node. */
export interface Mutation {
  readonly kind: string;
  readonly replacement: string;
  readonly isBlock: boolean;
}

const operators: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
  [ts.SyntaxKind.LessThanToken, ["<=", ">="]],
  [ts.SyntaxKind.LessThanEqualsToken, ["<", ">"]],
  [ts.SyntaxKind.GreaterThanToken, [">=", "<="]],
  [ts.SyntaxKind.GreaterThanEqualsToken, [">", "<"]],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, ["!=="]],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, ["==="]],
  [ts.SyntaxKind.AmpersandAmpersandToken, ["||"]],
  [ts.SyntaxKind.BarBarToken, ["&&"]],
  [ts.SyntaxKind.QuestionQuestionToken, ["&&"]],
  [ts.SyntaxKind.PlusToken, ["-"]],
  [ts.SyntaxKind.MinusToken, ["+"]],
  [ts.SyntaxKind.AsteriskToken, ["/"]],
  [ts.SyntaxKind.SlashToken, ["*"]],
  [ts.SyntaxKind.PercentToken, ["*"]],
  [ts.SyntaxKind.PlusEqualsToken, ["-="]],
  [ts.SyntaxKind.MinusEqualsToken, ["+="]],
  [ts.SyntaxKind.AmpersandToken, ["|"]],
  [ts.SyntaxKind.BarToken, ["&"]],
  [ts.SyntaxKind.CaretToken, ["&"]],
  [ts.SyntaxKind.LessThanLessThanToken, [">>"]],
  [ts.SyntaxKind.GreaterThanGreaterThanToken, ["<<"]],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken, ["<<"]],
]);

const truths = new Set<ts.SyntaxKind>([
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.InKeyword,
  ts.SyntaxKind.InstanceOfKeyword,
]);

/** Methods by what stands in their place; empty where the call is left out. */
const methods: Readonly<Record<string, string>> = {
  every: "some",
  some: "every",
  startsWith: "endsWith",
  endsWith: "startsWith",
  toLowerCase: "toUpperCase",
  toUpperCase: "toLowerCase",
  min: "max",
  max: "min",
  ...{ filter: "", sort: "", toSorted: "", reverse: "", toReversed: "", slice: "", trim: "" },
};

/** Every fault of one node. */
export function mutationsOf(node: ts.Node): readonly Mutation[] {
  return [...expressionMutations(node), ...literalMutations(node), ...statementMutations(node)];
}

function expressionMutations(node: ts.Node): readonly Mutation[] {
  if (ts.isBinaryExpression(node)) {
    return binaryMutations(node);
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    return [expression("negation", node.operand.getText())];
  }
  if (ts.isCallExpression(node)) {
    return callMutations(node);
  }
  if (ts.isPropertyAccessExpression(node) && node.questionDotToken !== undefined) {
    return [expression("optional chain", `${node.expression.getText()}.${node.name.text}`)];
  }
  const isCondition =
    (ts.isIfStatement(node.parent) && node.parent.expression === node) ||
    (ts.isConditionalExpression(node.parent) && node.parent.condition === node) ||
    (ts.isWhileStatement(node.parent) && node.parent.expression === node);
  return isCondition ? truthMutations() : [];
}

function binaryMutations(node: ts.BinaryExpression): readonly Mutation[] {
  const { left, right, operatorToken } = node;
  const isText = [left, right].some(
    (side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side),
  );
  if (operatorToken.kind === ts.SyntaxKind.PlusToken && isText) {
    return [];
  }
  const swapped = (operators.get(operatorToken.kind) ?? []).map((operator) =>
    expression("operator", `(${left.getText()}) ${operator} (${right.getText()})`),
  );
  const isAssignment =
    operatorToken.kind === ts.SyntaxKind.PlusEqualsToken ||
    operatorToken.kind === ts.SyntaxKind.MinusEqualsToken;
  if (isAssignment) {
    const operator = operatorToken.kind === ts.SyntaxKind.PlusEqualsToken ? "-=" : "+=";
    return [expression("assignment", `${left.getText()} ${operator} ${right.getText()}`)];
  }
  return truths.has(operatorToken.kind) ? [...swapped, ...truthMutations()] : swapped;
}

function callMutations(node: ts.CallExpression): readonly Mutation[] {
  const { expression: callee, arguments: given } = node;
  const [first, ...rest] = given;
  if (ts.isIdentifier(callee) && callee.text === "refuse" && first !== undefined) {
    const others = rest.map((one) => one.getText()).join(", ");
    return [expression("refusal class", `refuse("another", ${others})`)];
  }
  if (!ts.isPropertyAccessExpression(callee) || !Object.hasOwn(methods, callee.name.text)) {
    return [];
  }
  const target = callee.expression.getText();
  const other = methods[callee.name.text] ?? "";
  const list = given.map((one) => one.getText()).join(", ");
  return [expression("method", other === "" ? target : `${target}.${other}(${list})`)];
}

function literalMutations(node: ts.Node): readonly Mutation[] {
  if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
    return [expression("boolean", String(node.kind === ts.SyntaxKind.FalseKeyword))];
  }
  if (ts.isArrayLiteralExpression(node) && node.elements.length > 0 && !isTarget(node)) {
    return [expression("array", "[]")];
  }
  if (ts.isObjectLiteralExpression(node) && node.properties.length > 0 && !isTarget(node)) {
    return [expression("object", "{}")];
  }
  if (ts.isRegularExpressionLiteral(node)) {
    return patternMutations(node.getText());
  }
  return ts.isArrowFunction(node) && !ts.isBlock(node.body)
    ? [expression("function", "() => undefined")]
    : [];
}

/** Anchors are left out. */
function patternMutations(text: string): readonly Mutation[] {
  const open = [text.replace(/^\/\^/u, "/"), text.replace(/\$(\/[a-z]*)$/u, "$1")];
  return open.filter((one) => one !== text).map((one) => expression("pattern", one));
}

function statementMutations(node: ts.Node): readonly Mutation[] {
  const isBody =
    ts.isBlock(node) &&
    node.statements.length > 0 &&
    !ts.isConstructorDeclaration(node.parent) &&
    !ts.isTryStatement(node.parent) &&
    !ts.isCatchClause(node.parent);
  return isBody ? [{ kind: "block", replacement: "{}", isBlock: true }] : [];
}

function truthMutations(): readonly Mutation[] {
  return [expression("condition", "true"), expression("condition", "false")];
}

function expression(kind: string, replacement: string): Mutation {
  return { kind, replacement, isBlock: false };
}

/** Whether the literal is the left side of an assignment, which takes no value. */
function isTarget(node: ts.Node): boolean {
  return ts.isBinaryExpression(node.parent) && node.parent.left === node;
}
