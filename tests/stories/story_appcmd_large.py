# SPDX-License-Identifier: Apache-2.0
"""A configuration as large as those of hosters: lists, edits that are taken back byte for byte, and
what is left of it after a disk was full."""
import random
import re

from story_appcmd import Appcmd

SITES = 600


def name_of(n, spelt):
    """A site's name, as it may be spelt; that which is renamed is spelt as it is read."""
    return f"Site {n} (b)" if n == SITES // 2 else f"Site {n} {spelt}"


def white(rng, line_end):
    """What people and tools leave between elements."""
    return rng.choice([line_end, line_end * 2, f"  {line_end}\t", f"{line_end}    ",
                       f"{line_end}        <!-- <site> & co. -->{line_end}"])


def site(rng, n, line_end, folder):
    def gap():
        return white(rng, line_end)

    quote = rng.choice("\"'")
    more = ""
    if n % 3 == 0:
        more = (f"<application path='/shop' applicationPool={quote}Pool {n % 40}{quote}>{gap()}"
                f"<virtualDirectory path='/'  physicalPath='{folder}' />"
                f"<virtualDirectory path='/img'\t{line_end} physicalPath='{folder}' ></virtualDirectory>"
                f"{gap()}</application>{gap()}")
    return (f"<site name={quote}{name_of(n, '&#40;b&#x29;')}{quote} id='{1000 + n}'{line_end}   >{gap()}"
            f"<application path='/' applicationPool='Pool {n % 40}' >{gap()}"
            f"<virtualDirectory path='/' physicalPath = '{folder}'/></application>{gap()}{more}"
            f"<bindings><binding protocol='http' bindingInformation='*:80:s{n}.example.com' />{gap()}"
            f"<binding protocol='https' bindingInformation='*:443:s{n}.example.com' sslFlags='1' />"
            f"</bindings>{gap()}<logFile directory='&#x25;SystemDrive&#37;\\logs' /></site>{gap()}")


def location(rng, n, line_end):
    def gap():
        return white(rng, line_end)

    return (f"<location path='{name_of(n, '(b&#41;')}/a' overrideMode='{rng.choice(['Allow', 'Deny'])}'>"
            f"{gap()}<system.webServer>{gap()}<directoryBrowse enabled='true' />{gap()}"
            f"<httpErrors><!-- none -->{gap()}</httpErrors></system.webServer>{gap()}</location>"
            f"{gap()}")


def large(rng, line_end, folder):
    pools = "".join(f"<add name='Pool {n}'{' ' * (n % 4)}/>{white(rng, line_end)}"
                    for n in range(40))
    sites = "".join(site(rng, n, line_end, folder) for n in range(SITES))
    locations = "".join(location(rng, n, line_end) for n in range(0, SITES, 2))
    return (f"<?xml version='1.0' encoding='utf-8' ?>{line_end}<!-- made by hand -->{line_end}"
            f"<configuration>{line_end}\t<system.applicationHost>{line_end}"
            f"  <applicationPools>{line_end}{pools}</applicationPools>{line_end}"
            f"<sites>{line_end}{sites}<siteDefaults><limits connectionTimeout='00:01:00' />"
            f"</siteDefaults></sites></system.applicationHost>{line_end}"
            f"<system.webServer><defaultDocument><files><clear/><add value='a.htm'/></files>"
            f"</defaultDocument></system.webServer>{line_end}{locations}</configuration>{line_end}"
            f"<!-- the end -->").encode()


def begin(t, seed, line_end):
    appcmd = Appcmd(t)
    data = large(random.Random(seed), line_end, str(t.site))
    appcmd.file.write_bytes(data)
    t.check(len(data) > 400_000, f"{len(data)} bytes")
    return appcmd, data


def story_a_large_configuration_is_listed(t):
    appcmd, _ = begin(t, 1, "\r\n")
    apps = SITES + SITES // 3
    t.equal(len(appcmd("list", "site").splitlines()), SITES, "sites")
    t.equal(len(appcmd("list", "app").splitlines()), apps, "applications")
    t.equal(len(appcmd("list", "vdir").splitlines()), apps + SITES // 3, "virtual directories")
    t.equal(len(appcmd("list", "apppool").splitlines()), 40, "pools")
    t.equal(appcmd("list", "site", "Site 7 (b)", "/text:logFile.directory"),
            "%SystemDrive%\\logs\n", "a value with references")
    t.equal(len(appcmd("list", "app", "/in", stdin=appcmd("list", "apppool", "Pool 3", "/xml")
                       .encode()).splitlines()), apps // 40, "the applications of a pool")
    t.contains(appcmd("list", "config", "Site 8 (b)/a", "/section:directoryBrowse"),
               'enabled="true"', "a location")
    t.equal(appcmd("list", "config", "/section:sites").count("<site name="), SITES, "a section")
    t.equal(len(re.findall(r'APPHOST/Site \d+ \(b\)/a"', appcmd("search", "config",
                                                              "/section:httpErrors"))),
            SITES // 2, "a search")


def story_edits_of_a_large_configuration_are_taken_back_byte_for_byte(t):
    name = f"Site {SITES // 2} (b)"
    there_and_back = [
        (("add", "site", "/name:New", "/physicalPath:/srv", "/bindings:http/*:81:"),
         ("delete", "site", "New")),
        (("add", "apppool", "/name:New", "/queueLength:77"), ("delete", "apppool", "New")),
        (("add", "app", f"/site.name:{name}", "/path:/new", "/physicalPath:/srv"),
         ("delete", "app", f"{name}/new")),
        (("add", "vdir", f"/app.name:{name}/", "/path:/new", "/physicalPath:/srv"),
         ("delete", "vdir", f"{name}/new")),
        (("set", "site", name, "/serverAutoStart:false"), ("set", "site", name, "/-serverAutoStart")),
        (("set", "site", name, "/name:Renamed"), ("set", "site", "Renamed", f"/name:{name}")),
        (("set", "app", f"{name}/", "/applicationPool:Pool 1"),
         ("set", "app", f"{name}/", f"/applicationPool:Pool {SITES // 2 % 40}")),
        (("set", "site", name, "/+bindings.[protocol='http',bindingInformation='*:82:x']"),
         ("set", "site", name, "/-bindings.[protocol='http',bindingInformation='*:82:x']")),
        (("set", "config", "/section:defaultDocument", "/+files.[@start,value='new.htm']"),
         ("set", "config", "/section:defaultDocument", "/-files.[value='new.htm']")),
        (("set", "config", f"{name}/a", "/section:directoryBrowse", "/showFlags:Size",
          "/commit:apphost"),
         ("set", "config", f"{name}/a", "/section:directoryBrowse", "/-showFlags",
          "/commit:apphost")),
    ]
    for seed, line_end in ((2, "\r\n"), (3, "\n")):
        appcmd, data = begin(t, seed, line_end)
        for there, back in there_and_back:
            appcmd(*there)
            changed = appcmd.file.read_bytes()
            t.check(changed != data, f"{there} changes something")
            if line_end == "\r\n":
                t.equal(changed.count(b"\n"), changed.count(b"\r\n"), f"lines of {there}")
            appcmd(*back)
            now = appcmd.file.read_bytes()
            at = next((i for i, (a, b) in enumerate(zip(now, data)) if a != b), len(data))
            t.check(now == data, f"{there} and {back} leave byte {at} changed: "
                    f"{data[at - 60:at + 60]!r} is {now[at - 60:at + 60]!r}")
        appcmd("add", "backup", f"Before{seed}")
        some = appcmd("list", "site", "/xml").encode().replace(b"SITE.NAME=\"Site 1", b"X=\"")
        appcmd("set", "site", "/in", "/limits.maxConnections:5", stdin=some)
        t.check(appcmd.file.read_bytes() != data, "many at once")
        appcmd("restore", "backup", f"Before{seed}")
        t.check(appcmd.file.read_bytes() == data, "a backup is what was there")


def story_many_objects_in_one_command_are_one_version_of_the_file(t):
    appcmd, _ = begin(t, 8, "\r\n")
    appcmd("set", "apppool", "Pool 1", "/queueLength:2000")
    history = appcmd.file.parent / "history"

    def versions():
        return sorted(p.name for p in history.iterdir())
    before, data = versions(), appcmd.file.read_bytes()
    sites = appcmd("list", "site", "/xml").encode()
    told = appcmd("set", "site", "/in", "/limits.maxConnections:5", "/bindings:http/*:82:",
                  stdin=sites)
    t.equal(len(told.splitlines()), SITES, "objects that were changed")
    t.equal(len(versions()), len(before) + 1, "versions")
    changed = appcmd.file.read_bytes()
    t.equal((history / versions()[-1] / "applicationHost.config").read_bytes(), changed, "the last")
    t.equal((history / versions()[-2] / "applicationHost.config").read_bytes(), data, "the one before")
    t.equal(changed.count(b'<limits maxConnections="5" />'), SITES, "sites in the file")
    t.equal(changed.count(b'bindingInformation="*:82:"'), SITES, "bindings in the file")
    t.equal(appcmd("list", "site", "/text:limits.maxConnections"), "5\n" * SITES, "what is read")
    appcmd("delete", "site", "/in", stdin=sites)
    t.equal(len(versions()), len(before) + 2, "versions")
    t.check(b"<site " not in appcmd.file.read_bytes(), "none is left")
    appcmd.file.write_bytes(data)
    t.contains(appcmd("set", "site", "/in", "/limits.maxConnections:x", stdin=sites, status=13),
               "maxConnections", "what is wrong")
    t.check(appcmd.file.read_bytes() == data, "all or none")


def story_a_large_configuration_that_is_cut_is_refused(t):
    appcmd, data = begin(t, 4, "\r\n")
    rng = random.Random(5)
    end = data.index(b"</configuration>") + len("</configuration>")
    for at in [0, 1, 40, end - 1, *(rng.randrange(end) for _ in range(60))]:
        cut = data[:at]
        appcmd.file.write_bytes(cut)
        for words in (("list", "site"), ("set", "apppool", "Pool 1", "/queueLength:50")):
            done = t.run("appcmd", *words)
            t.equal(done.status, 13, f"cut at {at}: {done.out}{done.err}")
            t.contains(done.out, f"Filename: {appcmd.file}\n", "the file")
            line = int(re.search(r"Line number: (\d+)\n", done.out)[1])
            lines = len(re.split(rb"\r\n|\r|\n", cut))
            t.check(1 <= line <= lines, f"cut at {at}: line {line} of {lines}")
            t.check(re.search(r"Error: \S.*\S\n", done.out), f"the reason: {done.out}")
        t.check(appcmd.file.read_bytes() == cut, "nothing was written")


def story_a_large_configuration_that_is_damaged_says_where(t):
    appcmd, data = begin(t, 6, "\n")
    rng = random.Random(7)
    damages = [(b"<bindings>", b"<bindigs>"), (b"</bindings>", b"</binding>"),
               (b" id='", b" id='x"), (b"protocol='http'", b"protokol='http'"),
               (b"<application path='/' ", b"<application path='/' path='/' "),
               (b"overrideMode='", b"overrideMode='x"), (b" & co. -->", b" & co. "),
               (b"&#40;b", b"&#4x;b"), (b"<virtualDirectory", b"<virtualDirectory <"),
               (b"<directoryBrowse enabled='true'", b"<directoryBrowse enabled='perhaps'")]
    for old, new in damages:
        places = [m.start() for m in re.finditer(re.escape(old), data)]
        at = rng.choice(places)
        appcmd.file.write_bytes(data[:at] + new + data[at + len(old):])
        done = t.run("appcmd", "list", "site")
        t.equal(done.status, 13, f"{new} at {at}: {done.out[:400]}")
        t.contains(done.out, f"Filename: {appcmd.file}\n", "the file")
        line = int(re.search(r"Line number: (\d+)\n", done.out)[1])
        t.check(line >= data[:at].count(b"\n") + 1, f"{new} in line {data[:at].count(10) + 1}: "
                f"{done.out[:400]}")
        if old != b" & co. -->":  # what is behind an open comment may be anything
            t.check(line <= data[:at].count(b"\n") + 12, f"{new}: {done.out[:400]}")
    appcmd.file.write_bytes(data)
    appcmd("list", "site")
