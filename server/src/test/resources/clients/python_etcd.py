"""python-etcd, unchanged: reads, writes, watches, locks and an election. Argument: the port."""

import queue
import sys
import threading

import etcd

PATIENCE_SECONDS = 60
PORT = int(sys.argv[1])


def client():
    return etcd.Client(port=PORT, read_timeout=PATIENCE_SECONDS, allow_reconnect=True)


def refused(error, action, *arguments, **options):
    try:
        action(*arguments, **options)
    except error:
        return
    raise AssertionError("%s did not raise %s" % (action, error))


def keys():
    c = client()
    first = c.write("/py/a", "1")
    assert first.newKey and first.action == "set", first
    again = c.write("/py/a", "2", ttl=600)
    assert not again.newKey and again._prev_node.value == "1" and again.ttl == 600, again
    assert c.read("/py/a").value == "2"
    assert "/py/a" in c and "/py/b" not in c
    refused(etcd.EtcdKeyNotFound, c.read, "/py/b")
    refused(etcd.EtcdAlreadyExist, c.write, "/py/a", "3", prevExist=False)
    refused(etcd.EtcdCompareFailed, c.write, "/py/a", "3", prevValue="1")
    refused(etcd.EtcdNotFile, c.write, "/py", "3")
    refused(etcd.EtcdDirNotEmpty, c.delete, "/py", dir=True)
    assert c.write("/py/a", "3", prevValue="2").action == "compareAndSwap"
    node = c.read("/py/a")
    node.value = "4"
    assert c.update(node).value == "4"
    ordered = [c.write("/py/queue", str(i), append=True).key for i in range(3)]
    listed = [n.key for n in c.read("/py/queue", sorted=True).children]
    assert listed == ordered and ordered == sorted(ordered), listed
    assert c.write("/py/ttl", None, dir=True, ttl=600).dir
    assert c.read("/py", recursive=True, quorum=True).etcd_index >= node.modifiedIndex
    assert c.pop("/py/a").value == "4"
    c.delete("/py", recursive=True)


def cluster():
    c = client()
    assert c.machines, c.machines
    assert c.leader["name"] == "default", c.leader
    assert c.stats["state"] == "StateLeader", c.stats
    assert "getsSuccess" in c.store_stats, c.store_stats
    assert c.leader_stats["followers"] == {}, c.leader_stats
    assert len(c.members) == 1, c.members


def watches():
    c = client()
    begin = c.write("/watched/a", "0").modifiedIndex
    for i in range(1, 3):
        c.write("/watched/a", str(i))
    told = queue.Queue()

    def watch():
        events = client().eternal_watch("/watched", index=begin, recursive=True)
        for _ in range(5):
            event = next(events)
            told.put((event.action, event.value))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    seen = [told.get(timeout=PATIENCE_SECONDS) for _ in range(3)]
    c.write("/watched/b", "3")
    c.delete("/watched/b")
    seen += [told.get(timeout=PATIENCE_SECONDS) for _ in range(2)]
    assert seen == [
        ("set", "0"), ("set", "1"), ("set", "2"), ("set", "3"), ("delete", None)], seen


def locks():
    first = etcd.Lock(client(), "lock")
    second = etcd.Lock(client(), "lock")
    assert first.acquire(lock_ttl=600) and first.is_acquired
    assert not second.acquire(blocking=False, lock_ttl=600)
    waited = queue.Queue()
    third = etcd.Lock(client(), "lock")
    waiter = threading.Thread(
        target=lambda: waited.put(third.acquire(lock_ttl=600)), daemon=True)
    second.release()
    waiter.start()
    first.release()
    assert waited.get(timeout=PATIENCE_SECONDS)
    third.release()


def election():
    """Who makes the key leads; the other is told when it ends, and makes it then."""
    first, second = client(), client()
    led = first.write("/leader", "first", prevExist=False, ttl=2)
    refused(etcd.EtcdAlreadyExist, second.write, "/leader", "second", prevExist=False, ttl=2)
    first.refresh("/leader", ttl=1)
    ended = second.read(
        "/leader", wait=True, waitIndex=led.modifiedIndex + 1, timeout=PATIENCE_SECONDS)
    assert ended.action == "expire", ended
    second.write("/leader", "second", prevExist=False, ttl=600)
    refused(etcd.EtcdCompareFailed, first.delete, "/leader", prevValue="first")
    assert second.delete("/leader", prevValue="second").action == "compareAndDelete"


for scenario in (keys, cluster, watches, locks, election):
    scenario()
    print("done:", scenario.__name__, flush=True)
