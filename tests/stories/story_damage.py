# SPDX-License-Identifier: Apache-2.0
"""Malformed traffic closes only its own association: while a good client calls, others send damaged messages. Each row of
DAMAGE says what is wrong and what becomes of its connection; the good client must notice none of it."""
import random
import socket
import struct
import uuid

from rpc_stage import Recorder, Server
from stage import also_sanitized
from story_dcom import Dcom, INTEGRITY, Rpcss

LSARPC, ECHO = "12345778-1234-abcd-ef00-0123456789ab", "60a15ec5-4de8-11d7-a637-005056a20182"
NDR = uuid.UUID("8a885d04-1ceb-11c9-9fe8-08002b104860").bytes_le + struct.pack("<HH", 2, 0)
REQUEST, RESPONSE, FAULT, BIND, BIND_ACK, BIND_NAK, ALTER = 0, 2, 3, 11, 12, 13, 14
FIRST, LAST = 1, 2
CLOSE, QUERY, OPEN = 0, 7, 44  # of lsarpc
DENIED, BAD_STUB, BAD_BOUND = 5, 1783, 1734
UNKNOWN_IF, NO_OPNUM, MISMATCH, PROTOCOL = 0x1C010003, 0x1C010002, 0x1C00001A, 0x1C01000B
HANDLE = bytes(4) + uuid.UUID(int=9).bytes_le  # nobody's


def pdu(kind, body, flags=FIRST | LAST, length=None, auth=0, call=7, version=(5, 0)):
    length = 16 + len(body) if length is None else length
    return struct.pack("<BBBBIHHI", *version, kind, flags, 0x10, length, auth, call) + body


def bind(*interfaces, group=0, count=None, transfers=1, kind=BIND, **more):
    contexts = b"".join(struct.pack("<HBB", i, transfers, 0) + uuid.UUID(of).bytes_le + struct.pack("<HH", version, 0) + NDR
                        for i, (of, version) in enumerate(interfaces))
    return pdu(kind, struct.pack("<HHIBBH", 5840, 5840, group, len(interfaces) if count is None else count, 0, 0) + contexts,
               **more)


def request(opnum, stub, context=0, hint=0, **more):
    return pdu(REQUEST, struct.pack("<IHH", hint, context, opnum) + stub, **more)


def query(handle):
    return request(QUERY, handle + struct.pack("<H", 5))


class Wire:
    """A connection, bound to lsarpc and to echo."""

    def __init__(self, t, port, group=0, bound=True):
        self.t, self.socket = t, socket.create_connection(("127.0.0.1", port), 20 * t.patience)
        if bound:
            self.send(bind((LSARPC, 0), (ECHO, 1), group=group))
            ack = self.receive()
            t.equal(ack[2], BIND_ACK, "what a bind is answered with")
            self.group = struct.unpack_from("<I", ack, 20)[0]

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it closes as soon as it has seen enough

    def _read(self, length):
        data = b""
        while len(data) < length:
            try:
                more = self.socket.recv(length - len(data))
            except ConnectionResetError:
                more = b""
            if not more:
                return data
            data += more
        return data

    def receive(self):
        """A message; b"" at the end."""
        head = self._read(16)
        if len(head) < 16:
            self.t.equal(head, b"", "a part of a message")
            return b""
        return head + self._read(struct.unpack_from("<H", head, 8)[0] - 16)

    def call(self, message):
        self.send(message)
        answer = self.receive()
        self.t.equal(answer[2:3], bytes([RESPONSE]), f"the kind of {answer}")
        return answer[24:]

    def open(self):
        attributes = struct.pack("<IIIIII", 24, 0, 0, 0, 0, 0)
        return self.call(request(OPEN, struct.pack("<I", 0) + attributes + struct.pack("<I", 0x02000000)))[:20]

    def works(self, handle):
        self.t.equal(self.call(query(handle))[-4:], bytes(4), "a good client's query")

    def close(self):
        self.socket.close()


# Before a bind. What is wrong, the bytes; all are the end of the connection.
UNBOUND = [
    ("bytes of chance", random.Random(1).randbytes(200)),
    ("another protocol", b"GET / HTTP/1.1\r\nHost: example\r\n\r\n"),
    ("version 4", bind((LSARPC, 0), version=(4, 0))),
    ("version 6", bind((LSARPC, 0), version=(6, 0))),
    ("a length below the head's", pdu(BIND, b"", length=8)),
    ("no length", pdu(BIND, b"", length=0)),
    ("a length of the head alone", pdu(BIND, b"", length=16)),
    ("more contexts than there are", bind((LSARPC, 0), count=200)),
    ("more transfer syntaxes than there are", bind((LSARPC, 0), transfers=200)),
    ("a verifier longer than the message", bind((LSARPC, 0), auth=60000)),
    ("a verifier of an unknown service", bind((LSARPC, 0), auth=1, length=16 + 12 + 44 + 9) + b"\xff\2\0\0\0\0\0\0x"),
    ("a group that is not there", bind((LSARPC, 0), group=0xFFFFFFFE)),
    ("a request before a bind", request(QUERY, HANDLE)),
    ("an alter_context before a bind", bind((LSARPC, 0), kind=ALTER)),
    ("an answer", pdu(RESPONSE, bytes(8))),
    ("an unknown kind", pdu(99, bytes(8))),
]

# After a bind. What is wrong, the bytes, the fault that it is answered with. Without one the connection ends, and after those
# of ENDS as well.
ENDS = (None, PROTOCOL, DENIED)
DAMAGE = [
    ("bytes of chance", random.Random(2).randbytes(200), None),
    ("an answer", pdu(RESPONSE, bytes(8)), None),
    ("an unknown kind", pdu(99, bytes(8)), None),
    ("a request without its fields", pdu(REQUEST, b"\0\0"), None),
    ("a fragment longer than agreed", request(QUERY, bytes(60000)), None),
    ("a last fragment without a first", request(QUERY, HANDLE, flags=LAST), PROTOCOL),
    ("a first fragment twice", 2 * request(QUERY, HANDLE, flags=FIRST), PROTOCOL),
    ("a verifier that nobody agreed on", request(QUERY, HANDLE + b"\x0a\5\0\0\1\0\0\0" + bytes(16), auth=16), DENIED),
    ("a verifier longer than the message", request(QUERY, HANDLE, auth=5000), None),
    ("an object's number cut", pdu(REQUEST, bytes(12), flags=FIRST | LAST | 0x80), None),
    ("a bind once more", bind((LSARPC, 0)), None),
    ("a context that was not bound", request(QUERY, HANDLE, context=77), UNKNOWN_IF),
    ("a method that there is not", request(999, b""), NO_OPNUM),
    ("no parameters", request(QUERY, b""), BAD_STUB),
    ("parameters cut", request(QUERY, HANDLE[:11]), BAD_STUB),
    ("a string longer than the message", request(OPEN, struct.pack("<IIII", 1, 0xFFFFFFFF, 0, 0xFFFFFFFF)), BAD_BOUND),
    ("a pointer to nothing", request(OPEN, struct.pack("<I", 1)), BAD_STUB),
    ("a handle of nobody", query(HANDLE), MISMATCH),
    ("a promise of 4 GB", request(QUERY, b"", hint=0xFFFFFFFF), BAD_STUB),
]


def becomes_of(t, wire, what):
    """The status of the fault that comes, or None when the connection ends."""
    while answer := wire.receive():
        if answer[2] == FAULT:
            return struct.unpack_from("<I", answer, 24)[0]
        t.check(answer[2] in (BIND_ACK, BIND_NAK), f"{what} is answered with {answer}")
    return None


@also_sanitized
def story_damage_ends_its_own_connection(t):
    server = Server(t)
    good = Wire(t, server.echo)
    handle = good.open()
    for what, data in UNBOUND:
        bad = Wire(t, server.echo, bound=False)
        bad.send(data)
        bad.socket.shutdown(socket.SHUT_WR)
        t.equal(becomes_of(t, bad, what), None, what)
        bad.close()
        good.works(handle)
    # Half a head, and silence: it stays, and nobody waits for it.
    silent = Wire(t, server.echo, bound=False)
    silent.send(bind((LSARPC, 0))[:9])
    for what, data, fault in DAMAGE:
        # Of the same client as the good one, so that handles are the same too.
        bad = Wire(t, server.echo, group=good.group)
        bad.works(handle)
        bad.send(data)
        t.equal(becomes_of(t, bad, what), fault, what)
        if fault in ENDS:
            t.equal(becomes_of(t, bad, what), None, f"the end after {what}")
        else:
            bad.works(handle)
        bad.close()
        good.works(handle)
    good.call(request(CLOSE, handle))
    good.send(query(handle))
    t.equal(becomes_of(t, good, "a handle that was closed"), MISMATCH, "a handle that was closed")
    silent.send(bind((LSARPC, 0))[9:])
    t.equal(silent.receive()[2], BIND_ACK, "the answer once it is whole")
    silent.close()
    server.stop()


def record(t, recorder):
    """A conversation to damage."""
    client = Dcom(recorder.port, INTEGRITY, through=recorder.port)
    d = client.create()
    d("Add", "key", "value")
    d.release()
    client.close()
    recorder.close()


def what_a_client_sent(recorder):
    """The bytes of each of its connections."""
    data, at, streams = recorder.path.read_bytes(), 24, {}
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        packet = data[at + 16:at + 16 + length]
        port = struct.unpack_from(">H", packet, 20)[0]
        if port != recorder.target:
            streams.setdefault(port, bytearray()).extend(packet[40:])
        at += 16 + length
    return list(streams.values())


def damaged(chance, data):
    """The bytes with a few of them changed, left out, or twice."""
    data = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(data))
        kind = chance.randrange(4)
        if kind == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            data[at:at + 2] = chance.choice([b"\0\0", b"\xff\xff", b"\xff\x7f", b"\0\x80"])
        elif kind == 2:
            del data[at:at + chance.randrange(1, 40)]
        else:
            data[at:at] = data[at:at + chance.randrange(1, 40)]
    return data


@also_sanitized
def story_damaged_conversations_trouble_no_other(t):
    """A conversation with DCOM, damaged by chance, 200 times; another one goes on."""
    rpcss = Rpcss(t)
    recorder = Recorder(t, rpcss.port)
    record(t, recorder)
    good = Dcom(rpcss.port, INTEGRITY)
    d = good.create()
    d("Add", "key", "value")
    chance = random.Random(3)
    streams = what_a_client_sent(recorder)
    for _ in range(200):
        with socket.create_connection(("127.0.0.1", rpcss.port), 20 * t.patience) as bad:
            try:
                bad.sendall(damaged(chance, chance.choice(streams)))
                bad.shutdown(socket.SHUT_WR)
                while bad.recv(65536):
                    pass
            except (BrokenPipeError, ConnectionResetError):
                pass
        t.equal(d("Item", "key", get=True)["bstrVal"]["asData"], "value", "an item")
    d.release()
    good.close()
    rpcss.stop()
