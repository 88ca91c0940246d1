// mcp_clients.mjs - casesearch --mcp as public clients of the protocol speak to it: the TypeScript SDK
// (2025-06-18) and its successor (2026-07-28), which check answers against the tools' schemas. For
// `make check-mcp`, which installs them from npm.
//
//   node tests/tools/mcp_clients.mjs build/casesearch INDEX
//
// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [program, index] = process.argv.slice(2);
const require = createRequire(pathToFileURL(process.cwd() + '/')); // node_modules is there
const load = async (name) => import(pathToFileURL(require.resolve(name)));

const CALLS = [
  ['search', { query: 'valuation', limit: 3 }],
  ['search', { query: 'nosuchword' }],
  ['show', { ref: 'ai/hugging-face.md:9' }],
  ['outline', { ref: 'ai/hugging-face.md' }],
  ['list', { in: ['fintech'], sort: 'date' }],
  ['sources', { query: 'valuation', limit: 3 }],
];

async function talk(client, transport, revision) {
  await client.connect(transport);
  assert.equal(client.getServerVersion()?.name, 'casesearch');
  assert.deepEqual(Object.keys(client.getServerCapabilities()), ['tools']);
  assert.match(client.getInstructions(), /case studies/);
  const { tools } = await client.listTools(); // and the client learns the schemas of answers
  assert.deepEqual(tools.map((t) => t.name), ['search', 'show', 'outline', 'list', 'sources']);
  for (const [name, args] of CALLS) {
    const result = await client.callTool({ name, arguments: args });
    assert.ok(!result.isError, name);
    assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
  }
  const refused = await client.callTool({ name: 'search', arguments: { query: 'x', bogus: 1 } });
  assert.ok(refused.isError);
  await assert.rejects(client.callTool({ name: 'nosuch', arguments: {} }), /no such tool/);
  await client.close();
  console.log(`ok ${revision}`);
}

const server = { command: program, args: ['--mcp', '-d', index], stderr: 'inherit' };
const who = { name: 'check', version: '1' };
const old = await load('@modelcontextprotocol/sdk/client/index.js');
const oldPipe = await load('@modelcontextprotocol/sdk/client/stdio.js');
await talk(new old.Client(who), new oldPipe.StdioClientTransport(server), 'legacy, @modelcontextprotocol/sdk');

const now = await load('@modelcontextprotocol/client');
const pipe = await load('@modelcontextprotocol/client/stdio');
for (const mode of ['legacy', 'auto', { pin: '2026-07-28' }]) {
  const client = new now.Client(who, { versionNegotiation: { mode } });
  await talk(client, new pipe.StdioClientTransport(server), `${JSON.stringify(mode)}, @modelcontextprotocol/client`);
}
