/** Sizes of the built dashboard, raw and gzipped: what the first page loads, and what follows when it is needed. */
import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const folder = new URL('../../CodexService.Api/wwwroot/', import.meta.url);
const size = async (name) => {
  const content = await readFile(new URL(name, folder));
  return { name, raw: content.length, zipped: gzipSync(content).length };
};
const show = ({ name, raw, zipped }) => console.log(`${(raw / 1000).toFixed(1).padStart(8)} kB ${(zipped / 1000).toFixed(1).padStart(8)} kB gzip  ${name}`);

const page = await readFile(new URL('index.html', folder), 'utf8');
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]);
console.log('First page');
const loaded = await Promise.all(first.map(size));
loaded.forEach(show);
console.log('When needed (the largest)');
const rest = (await readdir(new URL('assets/', folder))).map((name) => `assets/${name}`).filter((name) => !first.includes(name) && !name.endsWith('.woff2'));
const sizes = (await Promise.all(rest.map(size))).sort((a, b) => b.raw - a.raw);
sizes.filter((one) => /View|Page|Markdown/.test(one.name)).concat(sizes.slice(0, 4)).forEach(show);
