# SPDX-License-Identifier: Apache-2.0
"""What tshark says of recorded messages, as texts that stay the same.

`expected(t, recorder, name)` compares the text of a record with tests/stories/dumps/<name>.txt. What differs from one run to
the next is a placeholder there: `<ipid 1>` is the same number wherever it stands, so a dump also says which answer belongs to
which question. With SURROGATE_WRITE_DUMPS=1 in the environment the files are written anew instead.

`findings(t, recorder)` is what tshark finds wrong or cannot read.
"""
import difflib
import os
import pathlib
import re

from stage import Skip

DUMPS = pathlib.Path(__file__).resolve().parent / "dumps"
VERSION = "4.0."  # of tshark: others have other words
GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# What carries the messages, and how our recorder cut it, is not what is judged.
CARRIERS = ("Frame ", "Raw packet data", "Internet Protocol", "Transmission Control", "[")
# Said elsewhere: each bit of a word beside the word, and where in the record the other message is.
REPEATED = re.compile(r" +(?:[01. ]+ = |Byte order: |Character: |Floating-point: |Auth (?:type|level|Rsrvd|Context ID): |"
                      r"\[(?:Request|Response) in frame|\[Time from request|Payload stub data)")
# What a handshake's tokens hold is up to GSSAPI's libraries and to the machine's name.
TOKEN = re.compile(r"( +)(?:NTLM Secure Service Provider|GSS-API Generic|Simple Protected Negotiation|krb5_blob: )")
TOKEN_KINDS = re.compile(r"NTLM Message Type: (\S+)|negTokenInit|negTokenTarg|(krb5_blob)")

# What is different each time: the words in front, the value, what it is called. A value of zeros stays.
VARIABLE = [
    (r"Causality ID: ", GUID, "causality"),
    (r"(?:IPID[:=] ?|IRemUnknownInterfacePointerId: |Object UUID/IPID: |Object UUID: )", GUID, "ipid"),
    (r"OXID: ", r"0x[0-9a-f]{16}", "oxid"),
    (r"\bOID: ", r"0x[0-9a-f]{16}", "oid"),
    (r"SetId: ", r"0x[0-9a-f]{16}", "set"),
    (r"Assoc Group: ", r"0x[0-9a-f]{8}", "group"),
    (r"Unused buffer: 01000100", r"[0-9a-f]{32}", "context"),
]
PLAIN = [
    (re.compile(r"(Verifier Body: )[0-9a-f]{16}"), r"\1<signature> "),  # and the number of the message
    (re.compile(r"(Encrypted stub data: ).*"), r"\1<sealed>"),
    # impacket takes any.
    (re.compile(r"(Referent ID: |PointerVal\): Unknown \()0x0000[0-9a-f]{4}"), r"\1<referent>"),
    (re.compile(r"\[Req: #\d+\]"), "[Req]"),
]


class Words:
    """Gives placeholders to what is different each time, the same one to the same."""

    def __init__(self, port):
        self.seen, self.port = {}, re.compile(rf"\b{port}\b")

    def _named(self, kind, value):
        if not value.strip("0x-"):
            return value
        known = self.seen.setdefault(kind, {})
        return f"<{kind} {known.setdefault(value, len(known) + 1)}>"

    def line(self, line):
        for words, value, kind in VARIABLE:
            line = re.sub(f"({words})({value})", lambda m, kind=kind: m[1] + self._named(kind, m[2]), line)
        for pattern, by in PLAIN:
            line = pattern.sub(by, line)
        return self.port.sub("<port>", line)


def _layers(text):
    """The messages of tshark's text, each a list of lines, without what carries them."""
    keep, messages = False, []
    for line in text.splitlines():
        if line and not line[0].isspace():
            keep = not line.startswith(CARRIERS)
            if line.startswith("Distributed Computing Environment"):
                messages.append([])
        if keep and line and messages and not REPEATED.match(line):
            messages[-1].append(line)
    return messages


def _without_token(lines):
    """A handshake's token is only what kind it is; nor do its lengths stay the same."""
    out, inside = [], None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if inside is not None and indent > inside:
            if kind := TOKEN_KINDS.search(line):
                out.append(" " * (inside + 4) + kind[0])
            continue
        inside = indent if TOKEN.match(line) else None
        out.append(line)
    if not re.match(r".* (Bind|Bind_ack|Alter_context|Alter_context_resp|AUTH3), ", lines[0]):
        return out
    return [re.sub(r"(FragLen|Frag Length|Auth Length): \d+", r"\1: <length>", line) for line in out]


def tshark(t, recorder, *args, options=()):
    """What it prints of a record."""
    done = t.run("/usr/bin/tshark", "-n", "-r", recorder.path, "-d", f"tcp.port=={recorder.target},dcerpc", "-o",
                 "dcom.display_unmarshalling_details:TRUE", *options, *args)
    t.equal(done.status, 0, f"tshark: {done.err}")
    return done.out


def text_of(t, recorder, which="dcerpc", options=()):
    """The messages that the display filter takes."""
    words = Words(recorder.target)
    messages = _layers(tshark(t, recorder, "-V", "-Y", which, options=options))
    return "\n".join("".join(words.line(line) + "\n" for line in _without_token(message)) for message in messages)


# What tshark says of messages in which nothing is wrong.
NO_FINDING = re.compile("|".join([
    r"Hresult: \S+",
    r"Fault: \S+",
    r"Last fragment, reassembled",
    # It looks for no outer unknown in a request for an object, which is a null pointer in each: [MS-DCOM] 3.1.2.5.2.3.2.
    r"No specification available, dissection not possible",
    # What it did with the keys that it was given.
    r"NTLMv2 (authenticated|BaseSessionKey) .*", r"NTLMSSP SessionKey .*", r"(Decrypted|Learnt|Provides|Used|Verified) .*",
    r"Missing (KDC|checksum) .*",
]))
# Bytes that it shows unread and that are padding, or a context ([MS-DCOM] 2.2.20), of which it knows nothing.
NO_VALUE = re.compile(r"(00|fa){0,7}|01000100.{88}")
CALLS = "(dcerpc.pkt_type == 0 || dcerpc.pkt_type == 2) && dcerpc.cn_flags.last_frag == 1"


def findings(t, recorder, but=None, options=()):
    """What tshark finds wrong with the messages, and what it cannot read of calls, as lines; `but` is a pattern of those to
    pass over. With `options` it has the keys, and nothing is to stay sealed."""
    def table(which, *fields):
        extract = [part for field in fields for part in ("-e", field)]
        out = tshark(t, recorder, "-T", "fields", "-E", "separator=\t", "-E", "aggregator=|", *extract, "-Y", which, options=options)
        return [line.split("\t") for line in out.splitlines()]

    found = [f"{info}: {words}" for info, words in table("_ws.expert || _ws.malformed || data", "_ws.col.Info", "_ws.expert.message")
             if not all(map(NO_FINDING.fullmatch, words.split("|")))]
    found += [f"{info}: not read" for protocol, info in table(CALLS, "_ws.col.Protocol", "_ws.col.Info") if protocol == "DCERPC"]
    if options:
        found += [f"{info}: sealed" for info, in table("dcerpc.encrypted_stub_data && !dcerpc.payload_stub_data", "_ws.col.Info")]
    found += [f"{info}: not read" for info, stub, rest in
              table(CALLS, "_ws.col.Info", "dcerpc.stub_data", "isystemactivator.unused_buffer")
              if stub or not all(map(NO_VALUE.fullmatch, rest.split("|")))]
    return [line for line in found if not (but and re.search(but, line))]


def expected(t, recorder, name, which="dcerpc", options=()):
    """The messages that the display filter takes are those of dumps/<name>.txt."""
    version = re.search(r"TShark \(Wireshark\) (\S+)", t.run("/usr/bin/tshark", "--version").out)[1]
    if not version.startswith(VERSION):
        raise Skip(f"the dumps are in the words of tshark {VERSION}*, and this is {version}")
    path, text = DUMPS / f"{name}.txt", text_of(t, recorder, which, options)
    if os.environ.get("SURROGATE_WRITE_DUMPS"):
        path.write_text(text)
    was = path.read_text() if path.exists() else ""
    if text != was:
        lines = difflib.unified_diff(was.splitlines(), text.splitlines(), str(path.name), "what passed", lineterm="")
        t.check(False, "\n".join(list(lines)[:60]))
