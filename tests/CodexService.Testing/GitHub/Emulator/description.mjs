// Checks requests against GitHub's own OpenAPI description. The emulator accepts more than GitHub does; what does not fit
// the description is a mistake of the client and is listed at GET /_violations.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

const require = createRequire(import.meta.url);
const description = JSON.parse(readFileSync(require.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'));
allowNull(description);
const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true, logger: false });
addFormats(ajv);
ajv.addSchema(description, 'github');

const operations = Object.entries(description.paths).flatMap(([template, item]) =>
    Object.keys(item)
        .filter((method) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
        .map((method) => ({ method: method.toUpperCase(), template, literals: (template.match(/\{/g) ?? []).length, pattern: pattern(template), item, operation: item[method] })));

export const violations = [];

// OpenAPI 3.0's nullable beside anything but a type is unknown to the validator.
function allowNull(node) {
    if (node === null || typeof node !== 'object') return;
    if (node.nullable === true && node.type === undefined && !Array.isArray(node)) {
        const { nullable, ...rest } = node;
        Object.keys(node).forEach((key) => delete node[key]);
        node.anyOf = [rest, { type: 'null' }];
    }
    Object.values(node).forEach(allowNull);
}

// A path parameter is one segment; GitHub's {path} and {ref} may hold several.
function pattern(template) {
    const source = template.split('/').map((part) => part.startsWith('{') ? (part === '{path}' || part === '{ref}' ? '.+' : '[^/]+') : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('/');
    return new RegExp(`^${source}$`);
}

function resolve(node) {
    return node?.$ref ? node.$ref.slice(2).split('/').reduce((at, key) => at[key.replaceAll('~1', '/').replaceAll('~0', '~')], description) : node;
}

export function check(method, url, body) {
    const found = operations.filter((one) => one.method === method && one.pattern.test(url.pathname)).sort((a, b) => a.literals - b.literals || b.template.length - a.template.length)[0];
    const says = (problem) => violations.push(`${method} ${url.pathname}: ${problem}`);
    if (!found) {
        says('there is no such operation');
        return;
    }
    const parameters = [...(found.item.parameters ?? []), ...(found.operation.parameters ?? [])].map(resolve).filter((one) => one.in === 'query');
    for (const name of url.searchParams.keys()) {
        if (!parameters.some((one) => one.name === name)) says(`there is no query parameter ${name}`);
    }
    const escape = (text) => text.replaceAll('~', '~0').replaceAll('/', '~1');
    const content = resolve(found.operation.requestBody)?.content?.['application/json'];
    if (body.length === 0) {
        if (resolve(found.operation.requestBody)?.required) says('the body is missing');
        return;
    }
    if (!content) {
        says('there should be no body');
        return;
    }
    let value;
    try {
        value = JSON.parse(body);
    } catch (problem) {
        says(`the body is no JSON: ${problem.message}`);
        return;
    }
    const pointer = found.operation.requestBody.$ref
        ? `${found.operation.requestBody.$ref}/content/application~1json/schema`
        : `#/paths/${escape(found.template)}/${method.toLowerCase()}/requestBody/content/application~1json/schema`;
    const validate = ajv.getSchema(`github${encodeURI(pointer)}`) ?? ajv.compile({ $ref: `github${encodeURI(pointer)}` });
    if (!validate(value)) says(ajv.errorsText(validate.errors));
    for (const name of strange(content.schema, value)) says(`there is no field ${name}`);
}

/** Takes out the violations of one call ("POST /path"): they are not held against the client. */
export function forgive(call) {
    const forgiven = violations.filter((one) => one.startsWith(`${call}: `));
    violations.splice(0, violations.length, ...violations.filter((one) => !forgiven.includes(one)));
    return forgiven;
}

// The description forbids no further fields, but GitHub does nothing with them. Where there are several forms, any will do.
function strange(described, value, at = '') {
    const schema = resolve(described);
    if (Array.isArray(value)) return schema?.items ? value.flatMap((one) => strange(schema.items, one, at)) : [];
    if (value === null || typeof value !== 'object' || !schema?.properties || schema.additionalProperties || schema.anyOf || schema.oneOf || schema.allOf) return [];
    return Object.entries(value).flatMap(([name, inside]) =>
        Object.hasOwn(schema.properties, name) ? strange(schema.properties[name], inside, `${at}${name}.`) : [`${at}${name}`]);
}
