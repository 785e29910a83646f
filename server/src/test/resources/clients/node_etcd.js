// node-etcd, unchanged: reads, writes, watches. Argument: the server's URL.
const assert = require('assert');
const Etcd = require('node-etcd');

const etcd = new Etcd([process.argv[2]], { timeout: 60000, maxRetries: 0 });
const call = (name, ...args) =>
  new Promise((resolve) => etcd[name](...args, (err, body) => resolve({ err, body })));

async function main() {
  assert.strictEqual((await call('set', 'n/a', '1')).body.node.value, '1');
  assert.strictEqual((await call('get', 'n/a')).body.node.value, '1');
  assert.strictEqual((await call('get', 'n/none')).err.errorCode, 100);
  assert.strictEqual(
    (await call('compareAndSwap', 'n/a', '2', '1')).body.action, 'compareAndSwap');
  assert.strictEqual((await call('compareAndSwap', 'n/a', '3', '1')).err.errorCode, 101);
  assert.strictEqual((await call('set', 'n/a', '3', { prevExist: false })).err.errorCode, 105);
  assert.strictEqual((await call('set', 'n/t', 'x', { ttl: 600 })).body.node.ttl, 600);
  assert.strictEqual((await call('mkdir', 'n/d')).body.node.dir, true);
  assert.match((await call('create', 'n/q', 'x')).body.node.key, /^\/n\/q\/\d{20}$/);
  assert.strictEqual((await call('del', 'n')).err.errorCode, 102);
  const all = (await call('get', 'n', { recursive: true, sorted: true })).body.node.nodes;
  assert.deepStrictEqual(all.map((n) => n.key), ['/n/a', '/n/d', '/n/q', '/n/t']);
  for (const name of ['selfStats', 'leaderStats', 'version']) {
    assert.ok(!(await call(name)).err, name);
  }

  const begin = (await call('set', 'w/a', '0')).body.node.modifiedIndex;
  const watcher = etcd.watcher('w', begin, { recursive: true });
  const told = [];
  const all3 = new Promise((resolve, reject) => {
    watcher.on('error', reject);
    watcher.on('change', (event) => {
      told.push(event.action);
      if (told.length === 3) resolve();
    });
  });
  await call('set', 'w/b', '1');
  await call('compareAndDelete', 'w/b', '1');
  await all3;
  watcher.stop();
  assert.deepStrictEqual(told, ['set', 'set', 'compareAndDelete']);
  await call('rmdir', 'n', { recursive: true });
  console.log('done');
  process.exit(0);
}

main().catch((e) => { console.error(e); process.exit(1); });
