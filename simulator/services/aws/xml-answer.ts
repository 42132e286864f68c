/** Elements by name; a list repeats its element, and '' is an empty one. */
export type XmlContent = string | { readonly [name: string]: XmlContent | readonly XmlContent[] };

export function xmlOf(root: string, content: XmlContent): string {
  const inner = written(root, content).slice(root.length + 1);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"${inner}\n`;
}

function written(name: string, content: XmlContent): string {
  if (content === '') return `<${name}/>`;
  if (typeof content === 'string') return `<${name}>${escaped(content)}</${name}>`;
  const children = Object.entries(content).flatMap(([child, value]) =>
    Array.isArray(value) ? value.map((one: XmlContent) => written(child, one)) : [written(child, value as XmlContent)],
  );
  return `<${name}>${children.join('')}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
