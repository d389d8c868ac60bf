# SPDX-License-Identifier: Apache-2.0
"""appcmd and every section there is: each attribute of the schema can be set, each collection can be
added to, and what was added can be taken away."""
import pathlib
import xml.etree.ElementTree

from story_appcmd import Appcmd

SCHEMA = pathlib.Path(__file__).parents[2] / "schema"
# Entries that mean something to the server are in other stories; of these only attributes are set.
NO_ENTRIES = {"sites", "applicationPools", "customMetadata", "configHistory"}
TEXTS = {"path": "/x", "applicationPool": "DefaultAppPool", "physicalPath": "/srv/x",
         "bindingInformation": "*:8080:", "ipAddress": "10.0.0.1"}


def sections():
    """(path, element) of every section of the built-in schema."""
    for file in sorted(SCHEMA.glob("*.xml")):
        for section in xml.etree.ElementTree.parse(file).getroot().iter("sectionSchema"):
            if not section.get("name").startswith("."):
                yield section.get("name"), section


def value_of(attribute):
    """A value that the attribute can have: its default, else the simplest of its type."""
    names = [e.get("name") for e in attribute if e.tag in ("enum", "flag")]
    low = attribute.get("validationParameter", "1").split(",")[0]
    simple = {"bool": "true", "timeSpan": "00:01:00", "string":
              TEXTS.get(attribute.get("name"), "x"), "enum": names[:1], "flags": names[:1]}
    value = attribute.get("defaultValue") or simple.get(attribute.get("type"), low)
    return value if isinstance(value, str) else value[0]


def attributes(element, front=""):
    """Every attribute that is no part of an entry, as "/a.b:value"."""
    for child in element:
        if child.tag == "attribute":
            yield f"/{front}{child.get('name')}:{value_of(child)}"
        elif child.tag == "element":
            yield from attributes(child, f"{front}{child.get('name')}.")


def entries(element, front=""):
    """An entry of every collection, as "a.[key='x',other='y']"; those inside entries too."""
    for child in element:
        if child.tag == "element":
            yield from entries(child, f"{front}{child.get('name')}.")
        if child.tag != "collection":
            continue
        pairs = [(a.get("name"), value_of(a)) for a in child.findall("attribute")
                 if a.get("required") == "true" or "Key" in "".join(a.keys())]
        if not pairs:
            continue
        entry = ",".join(f"{name}='{value}'" for name, value in pairs)
        yield f"{front}[{entry}]"
        yield from entries(child, f"{front}[{entry}].")


def story_every_attribute_of_every_section_can_be_set(t):
    appcmd = Appcmd(t)
    known = appcmd("list", "config", "/section:?").split()
    names = [name for name, _ in sections()]
    t.equal(sorted(names), sorted(known), "the sections")
    for name, section in sections():
        changes = list(attributes(section))
        if not changes:
            continue
        before = appcmd.file.read_bytes()
        done = t.run("appcmd", "set", "config", "/section:" + name, *changes[:100])
        t.check(done.status == 0, f"{name} {changes}: {done.out}")
        appcmd("reset", "config", "/section:" + name)
        appcmd.file.write_bytes(before)


def story_every_collection_can_be_added_to_and_taken_from(t):
    appcmd = Appcmd(t)
    count = 0
    for name, section in sections():
        if name.split("/")[-1] in NO_ENTRIES:
            continue
        words = ("set", "config", "/section:" + name,
                 *(f"/{a.get('name')}:{value_of(a)}" for a in section.findall("attribute")
                   if a.get("required") == "true"))
        versions = []
        for entry in entries(section):
            before = appcmd.file.read_bytes()
            done = t.run("appcmd", *words, "/+" + entry)
            t.check(done.status == 0, f"{words} /+{entry}: {done.out}")
            versions.append((entry, before))
            count += 1
        for entry, _ in reversed(versions):
            appcmd(*words, "/-" + entry)
        if versions:
            appcmd("clear", "config", "/section:" + name)
            appcmd.file.write_bytes(versions[0][1])
    t.check(count > 50, f"{count} entries were added")
