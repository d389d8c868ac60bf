# SPDX-License-Identifier: Apache-2.0
"""appcmd: what administrators type, and the XML that comes of it."""
import fcntl
import html
import os
import re
import shlex

CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<!-- of the administrator -->
<configuration>
    <system.applicationHost>
        <applicationPools>
            <add name="DefaultAppPool" managedRuntimeVersion="v4.0" />
        </applicationPools>
        <sites>
            <site name="Default Web Site" id="1">
                <application path="/" applicationPool="DefaultAppPool">
                    <virtualDirectory path="/" physicalPath="ROOT" />
                </application>
                <bindings>
                    <binding protocol="http" bindingInformation="127.0.0.1:PORT:" />
                </bindings>
            </site>
        </sites>
    </system.applicationHost>
</configuration>
"""


class Appcmd:
    """appcmd over a state of its own, where no server runs."""

    def __init__(self, t):
        self.t = t
        t.write("index.htm", "home")
        self.file = t.state / "config" / "applicationHost.config"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        text = CONFIG.replace("ROOT", str(t.site)).replace("PORT", str(t.free_port()))
        self.file.write_text(text)

    def __call__(self, *words, status=0, stdin=None):
        done = self.t.run("appcmd", *words, stdin=stdin)
        self.t.equal(done.status, status, f"appcmd {words}: {done.out}{done.err}")
        return done.out

    def fragment(self, pattern):
        """The part of applicationHost.config that matches, without white space between tags."""
        text = re.sub(r">\s+<", "><", self.file.read_text())
        found = re.search(pattern, text)
        self.t.check(found, f"{pattern} in {text}")
        return found[0]


def story_appcmd_lists_what_iis_lists(t):
    appcmd = Appcmd(t)
    port = re.search(r"127.0.0.1:\d+:", appcmd.file.read_text())[0]
    t.equal(appcmd("list", "site"),
            f'SITE "Default Web Site" (id:1,bindings:http/{port},state:Unknown)\n', "list site")
    t.equal(appcmd("list", "apps"),
            'APP "Default Web Site/" (applicationPool:DefaultAppPool)\n', "list apps")
    t.equal(appcmd("list", "vdir"), f'VDIR "Default Web Site/" (physicalPath:{t.site})\n',
            "list vdir")
    t.equal(appcmd("list", "apppool", "/text:processModel.idleTimeout"), "00:20:00\n", "one value")
    t.equal(appcmd("list", "apppools", "/queueLength:1000", "/text:name"), "DefaultAppPool\n",
            "a query")
    t.equal(appcmd("list", "apppools", "/queueLength:1001"), "", "a query that finds nothing")
    t.equal(appcmd("list", "apppool", "/xml"),
            '<?xml version="1.0" encoding="UTF-8"?>\n<appcmd>\n    <APPPOOL '
            'APPPOOL.NAME="DefaultAppPool" RuntimeVersion="v4.0" PipelineMode="Integrated" '
            'state="Stopped" />\n</appcmd>\n', "XML")
    t.equal(appcmd("list", "apps", "/in", stdin=appcmd("list", "site", "/xml").encode()),
            appcmd("list", "apps"), "one into the other")
    t.equal(appcmd("list", "config", "/section:directoryBrowse"),
            "<system.webServer>\n  <directoryBrowse />\n</system.webServer>\n", "a section")
    t.contains(appcmd("list", "config", "Default Web Site/a&b", "/section:asp", "/xml"),
               'path="MACHINE/WEBROOT/APPHOST/Default Web Site/a&amp;b"', "a path in XML")
    t.contains(appcmd("list", "config", "/section:?"), "system.webServer/asp\n", "the sections")
    t.equal(appcmd("list", "site", "Nope", status=1), "", "a site that is not there")


def story_appcmd_writes_the_documented_xml(t):
    appcmd = Appcmd(t)
    t.equal(appcmd("add", "site", "/name:Contoso", "/id:2", "/physicalPath:/srv/contoso",
                   "/bindings:http/*:85:marketing.contoso.com"),
            'SITE object "Contoso" added\nAPP object "Contoso/" added\n'
            'VDIR object "Contoso/" added\n', "add site")
    appcmd.fragment('<site name="Contoso" id="2"><bindings><binding protocol="http" '
                    r'bindingInformation="\*:85:marketing.contoso.com" /></bindings>'
                    '<application path="/"><virtualDirectory path="/" '
                    'physicalPath="/srv/contoso" /></application></site>')
    appcmd("add", "apppool", "/name:Marketing", "/processModel.idleTimeout:00:10:00")
    appcmd("set", "apppool", "Marketing", "/+recycling.periodicRestart.schedule.[value='07:00:00']")
    appcmd.fragment('<add name="Marketing"><processModel idleTimeout="00:10:00" /><recycling>'
                    '<periodicRestart><schedule><add value="07:00:00" /></schedule>'
                    '</periodicRestart></recycling></add>')
    t.equal(appcmd("set", "site", "/site.name:Contoso", "/id:7"), 'SITE object "Contoso" changed\n',
            "/site.name is the identifier")
    appcmd("set", "site", "Contoso", "/+bindings.[protocol='https',bindingInformation='*:443:']",
           "/[path='/'].applicationPool:Marketing")
    appcmd.fragment('<application path="/" applicationPool="Marketing">')
    appcmd("set", "config", "/section:defaultDocument", "/enabled:true",
           "/+files.[@start,value='home.html']")
    t.check("Default.htm" in appcmd("list", "config", "/section:defaultDocument"),
            "what is installed is still there")
    appcmd("set", "config", "Contoso", "/section:httpProtocol",
           "/+customHeaders.[name='X-Custom-Name',value='MyCustomValue']", "/commit:apphost")
    appcmd.fragment('<location path="Contoso"><system.webServer><httpProtocol><customHeaders>'
                    '<add name="X-Custom-Name" value="MyCustomValue" /></customHeaders>')
    appcmd("set", "config", "Contoso", "/section:httpProtocol",
           "/-customHeaders.[name='X-Custom-Name']", "/commit:apphost")
    t.check("X-Custom-Name" not in appcmd.file.read_text(), "the header is gone")
    appcmd("set", "config", "/section:httpErrors",
           "/+[statusCode='404',subStatusCode='5',path='/404.htm',responseMode='ExecuteURL']")
    appcmd("set", "config", "/section:httpErrors", "/[statusCode='404',subStatusCode='5'].path:/5.htm")
    appcmd.fragment('<error statusCode="404" subStatusCode="5" path="/5.htm" '
                    'responseMode="ExecuteURL" />')
    appcmd("add", "module", "/name:MyModule", "/type:My.Module", "/preCondition:managedHandler")
    appcmd.fragment('<modules><add name="MyModule" type="My.Module" preCondition="managedHandler" />')
    t.equal(appcmd("list", "module", "MyModule"),
            'MODULE "MyModule" ( type:My.Module, preCondition:managedHandler )\n', "list module")
    appcmd("delete", "module", "MyModule")
    t.check(appcmd.file.read_text().startswith(CONFIG[:70]), "comments stay")
    t.equal(appcmd("delete", "site", "Contoso"), 'SITE object "Contoso" deleted\n', "delete site")


def story_locks_follow_a_site_that_is_renamed(t):
    appcmd = Appcmd(t)
    text = appcmd.file.read_text()
    lock = '''<location path="%s" overrideMode="Deny">
        <system.webServer><asp /></system.webServer>
    </location>
'''
    head, tail = text.split("    <system.applicationHost>\n")
    text = head + lock % "default web site/sub" + "    <system.applicationHost>\n" + tail
    text = text.replace("</configuration>",
                        lock % "Default Web Site" + lock % "Default Web Site 2" + "</configuration>")
    appcmd.file.write_text(text)
    appcmd("set", "site", "Default Web Site", "/name:Another", "/limits.maxConnections:7")
    text = appcmd.file.read_text()
    paths = re.findall('location path="([^"]*)"', text)
    t.equal(paths, ["Another/sub", "Another", "Default Web Site 2"], "the locations")
    appcmd.fragment('<limits maxConnections="7" /></site>')
    done = t.run("surrogate", "metabase-set", "W3SVC/1/ServerComment", "B")
    t.equal(done.status, 0, f"metabase-set: {done}")
    t.equal(re.findall('location path="([^"]*)"', appcmd.file.read_text()),
            ["B/sub", "B", "Default Web Site 2"], "the locations")
    appcmd("set", "config", "/section:sites", "/[name='B'].name:Default Web Site")
    t.equal(re.findall('location path="([^"]*)"', appcmd.file.read_text()),
            ["Default Web Site/sub", "Default Web Site", "Default Web Site 2"], "the locations")


def story_output_that_is_lost_is_a_failure(t):
    Appcmd(t)
    for program, words in [("appcmd", "list site"), ("surrogate", "explain asp ''"),
                           ("surrogate", "metabase LM"), ("surrogate", "configtest"),
                           ("appcmd", "set apppool DefaultAppPool /queueLength:2000")]:
        done = t.run("/bin/sh", "-c", f"{t.program(program)} {words} >/dev/full")
        t.equal((done.status, done.err), (1, f"{program}: cannot write to standard output\n"),
                f"{program} {words}")


def story_appcmd_says_what_is_wrong(t):
    appcmd = Appcmd(t)
    before = appcmd.file.read_bytes()
    not_found = 1168 & 0xff
    t.equal(appcmd("set", "site", "Missing", "/id:3", status=not_found),
            'ERROR ( message:Cannot find SITE object with identifier "Missing". )\n', "missing")
    t.equal(appcmd("set", "site", status=87),
            "ERROR ( message:Must specify the SITE object with identifier. )\n", "no identifier")
    t.equal(appcmd("set", "apppool", "DefaultAppPool", "/x:1", status=87),
            'ERROR ( message:Unknown attribute "x".  Replace with -? for help. )\n', "unknown")
    t.equal(appcmd("list", "foo", status=87), "Object 'FOO' is not supported.  Run 'appcmd.exe /?' "
            "to display supported objects.\n", "no object")
    t.equal(appcmd("restart", "site", status=87), "Command 'RESTART' is not supported on object "
            "'SITE'. Run 'appcmd.exe SITE /?'\nto display supported commands.\n", "no verb")
    t.contains(appcmd("set", "apppool", "DefaultAppPool", "/queueLength:3", status=13),
               "ERROR ( hresult:8007000d, message:Command execution failed.\n", "out of range")
    t.equal(appcmd("add", "apppool", "/name:DefaultAppPool", status=183).count("duplicate"), 1,
            "a duplicate")
    t.contains(appcmd("list", "site", "/apphostconfig:/" + 4096 * "a", status=87),
               "longer than a path can be", "a file name")
    appcmd(status=87)
    appcmd("/?", status=1)
    t.check(appcmd.file.read_bytes() == before, "nothing was written")


def story_appcmd_locks_and_unlocks(t):
    appcmd = Appcmd(t)
    words = ("set", "config", "Default Web Site", "/section:asp", "/codePage:65001")
    refused = appcmd(*words, status=0x21)
    t.contains(refused, "hresult:80070021", "a locked section")
    command = re.search(r"unlock it with: appcmd (.*)", refused)[1]
    t.equal(appcmd(*command.split()), 'Unlocked section "system.webServer/asp" at configuration '
            'path "MACHINE/WEBROOT/APPHOST".\n', "the command that the refusal names")
    appcmd.fragment('<location path="" overrideMode="Allow"><system.webServer><asp />')
    t.contains(appcmd(*words), 'at configuration commit path "MACHINE/WEBROOT/APPHOST/Default Web '
               'Site"', "and now")
    t.contains((t.site / "web.config").read_text(), '<asp codePage="65001" />', "web.config")
    t.equal(appcmd("lock", "config", "/section:asp"), 'Locked section "system.webServer/asp" at '
            'configuration path "MACHINE/WEBROOT/APPHOST".\n', "lock")
    appcmd("list", "config", "Default Web Site", "/section:asp", status=0x21)


def web_config(t, folder, sections):
    t.write(f"{folder}/web.config", "<configuration>" + sections + "</configuration>")


def unlock_as_told(t, appcmd, path):
    """Runs the command that the error page of a violated lock names; a server started again
    serves the page."""
    answer = t.wait_for(lambda: (a := t.get(path)).status == 500 and a, "a violated lock")
    t.contains(answer.text, "500.19", "a violated lock")
    command = re.search(r"unlock it with: appcmd (unlock [^<\n]*)", html.unescape(answer.text))[1]
    appcmd(*shlex.split(command))
    t.stop()
    t.run_server()
    answer = t.get(path)
    t.equal(answer.status, 200, f"after {command}: {answer}")


def story_a_violated_lock_names_the_command_that_opens_it(t):
    appcmd = Appcmd(t)
    documents = "<system.webServer><defaultDocument enabled='true'/></system.webServer>"
    t.write("sub/page.htm", "page")
    web_config(t, "sub", documents)
    appcmd("lock", "config", "Default Web Site/sub", "/section:defaultDocument")
    appcmd.fragment('<location path="Default Web Site/sub" overrideMode="Deny">')
    t.run_server()
    unlock_as_told(t, appcmd, "/sub/page.htm")
    # A lock in the site's own file: not of what was unlocked above it, which would be an error.
    web_config(t, ".", f"<location path='sub' overrideMode='Deny'>{documents}</location>")
    answer = t.wait_for(lambda: (a := t.get("/sub/page.htm")).status == 500 and a, "a contradiction")
    t.contains(html.unescape(answer.text), "unlocks it for 'Default Web Site/sub', which is below", "both sides")
    t.write("own/page.htm", "page")
    web_config(t, "own", documents)
    web_config(t, ".", f"<location path='own' overrideMode='Deny'>{documents}</location>")
    unlock_as_told(t, appcmd, "/own/page.htm")
    t.contains((t.site / "web.config").read_text(), 'path="own" overrideMode="Allow"', "unlocked")


def story_appcmd_locks_what_is_below_applications_too(t):
    appcmd = Appcmd(t)
    text = appcmd.file.read_text()
    appcmd.file.write_text(text.replace("</configuration>", """
    <location path="Default Web Site" overrideMode="Deny" inheritInChildApplications="false">
        <system.webServer><asp /></system.webServer>
    </location>
</configuration>"""))
    appcmd("lock", "config", "Default Web Site", "/section:defaultDocument")
    appcmd.fragment('<location path="Default Web Site" overrideMode="Deny"><system.webServer>'
                    '<defaultDocument />')


def story_short_names_of_sections_are_what_people_mean(t):
    appcmd = Appcmd(t)
    t.contains(appcmd("lock", "config", "/section:authorization"),
               '"system.webServer/security/authorization"', "one of two")
    done = t.run("surrogate", "explain", "authorization", "")
    t.check(done.out.startswith("system.webServer/security/authorization at"), f"explain: {done}")
    t.contains(appcmd("list", "config", "/section:SYSTEM.webserver/management/authorization"),
               "<management>", "a whole path")
    t.write(t.state / "config/schema/own.xml", """<configSchema>
      <sectionSchema name="a.own/asp"><attribute name="x" type="string" /></sectionSchema>
      <sectionSchema name="a.own/twice"><attribute name="x" type="string" /></sectionSchema>
      <sectionSchema name="b.own/twice"><attribute name="x" type="string" /></sectionSchema>
    </configSchema>""")
    t.contains(appcmd("lock", "config", "/section:asp"), '"system.webServer/asp"',
               "what is built in goes before what is not")
    before = appcmd.file.read_bytes()
    refused = appcmd("lock", "config", "/section:twice", status=87)
    t.contains(refused, "may be any of: a.own/twice, b.own/twice", "two as good")
    t.check(appcmd.file.read_bytes() == before, "nothing was written")
    done = t.run("surrogate", "explain", "twice", "")
    t.equal(done.status, 1, "explain")
    t.contains(done.err, "a.own/twice, b.own/twice", "explain")


def story_appcmd_amends_collections_in_web_config(t):
    appcmd = Appcmd(t)
    add = ("set", "config", "Default Web Site", "/section:defaultDocument",
           "/+files.[value='home.html']")
    appcmd(*add)
    written = re.sub(r">\s+<", "><", (t.site / "web.config").read_text())
    t.contains(written, '<defaultDocument><files><add value="home.html" /></files>', "web.config")
    (t.site / "web.config").unlink()
    text = appcmd.file.read_text()
    appcmd.file.write_text(text.replace("</configuration>", """    <system.webServer>
        <defaultDocument><files lockElements="remove" /></defaultDocument>
    </system.webServer>
</configuration>"""))
    appcmd(*add)


def newest_version(appcmd):
    return max(int(folder.name[-10:]) for folder in appcmd.file.parent.glob("history/*"))


def story_appcmd_commands_work_in_pipes(t):
    appcmd = Appcmd(t)
    for i in range(3):
        appcmd("add", "apppool", f"/name:Pool{i}")
        appcmd("add", "site", f"/name:Site{i}", f"/bindings:http/*:{9000 + i}:",
               f"/physicalPath:{t.site}")
        appcmd("set", "app", f"Site{i}/", f"/applicationPool:Pool{i}")
    before = appcmd.file.read_bytes()
    history = newest_version(appcmd)

    apps = appcmd("list", "app", "/apppool.name:Pool1", "/xml").encode()
    t.equal(appcmd("list", "site", "/in", stdin=apps).count("SITE"), 1, "the site of an application")
    pools = appcmd("list", "apppool", "/xml").encode()
    t.equal(appcmd("list", "app", "/in", stdin=pools).count("APP "), 4, "applications of pools")
    out = appcmd("set", "app", "/in", "/applicationPool:Pool2", stdin=apps)
    t.equal(out, 'APP object "Site1/" changed\n', "set app /in")
    sites = appcmd("list", "site", "/xml").encode()
    appcmd("set", "site", "/in", "/limits.maxConnections:9", stdin=sites)
    t.equal(appcmd("list", "site", "/text:limits.maxConnections"), "9\n" * 4, "set site /in")
    t.equal(newest_version(appcmd), history + 2,
            "all objects of one command are one version")
    whole = appcmd("list", "site", "/config", "/xml").encode()
    some = appcmd("list", "app", "/site.name:Site0", "/xml").encode()
    appcmd("delete", "app", "/in", stdin=some)
    t.equal(appcmd("list", "app").count("APP "), 3, "delete app /in")
    appcmd("delete", "site", "/in", stdin=sites)
    t.equal(appcmd("list", "site"), "", "delete site /in")
    t.equal(appcmd("add", "site", "/in", stdin=whole).count(" added\n"), 4, "add site /in")
    t.equal(appcmd("list", "site", "/config", "/xml").encode(), whole, "what was exported is back")
    both = appcmd("add", "site", "/in", stdin=whole, status=183)
    t.contains(both, "Cannot add duplicate collection entry", "twice")
    pool = appcmd("list", "apppool", "Pool0", "/config", "/xml").replace('"Pool0"', '"P-0"')
    appcmd("add", "apppool", "/in", "/queueLength:77", stdin=pool.encode())
    t.equal(appcmd("list", "apppool", "P-0", "/text:queueLength"), "77\n", "with a change")
    vdirs = appcmd("list", "vdir", "Site0/", "/xml").replace('path="/"', 'path="/more"')
    t.equal(appcmd("add", "vdir", "/in", stdin=vdirs.encode()), 'VDIR object "Site0/more" added\n',
            "without what is in it")
    t.contains(appcmd("list", "site", "/in", stdin=b"<x/>", status=13), "beginning with <appcmd>",
               "another document")
    t.contains(appcmd("list", "site", "/in", stdin=b"<appcmd><SITE>", status=13),
               "(standard input)", "no document")
    t.check(before != appcmd.file.read_bytes(), "it was a long way")


def story_sections_travel_between_places(t):
    appcmd = Appcmd(t)
    appcmd("unlock", "config", "/section:handlers")
    site = "Default Web Site"
    appcmd("set", "config", site, "/section:defaultDocument", "/+files.[value='home.html']")
    appcmd("set", "config", site, "/section:directoryBrowse", "/enabled:true")
    exported = appcmd("list", "config", site, "/section:defaultDocument", "/config", "/xml")
    t.contains(exported, "<system.webServer-defaultDocument>", "an export")
    before = appcmd("list", "config", site, "/section:defaultDocument")
    appcmd("clear", "config", site, "/section:defaultDocument")
    t.check("home.html" not in appcmd("list", "config", site, "/section:defaultDocument"), "clear")
    appcmd("set", "config", "/in", stdin=exported.encode())
    t.equal(appcmd("list", "config", site, "/section:defaultDocument"), before, "set config /in")
    out = appcmd("set", "config", site + "/sub", "/in", "/commit:apphost", stdin=exported.encode())
    t.contains(out, f'for "MACHINE/WEBROOT/APPHOST/{site}/sub"', "at another place")
    appcmd.fragment(f'<location path="{site}/sub"><system.webServer><defaultDocument>'
                    '<files><clear /><add value="home.html" />')
    appcmd("set", "config", "/in", "/section:directoryBrowse", "/enabled:false",
           stdin=appcmd("list", "app", "/xml").encode())
    t.contains((t.site / "web.config").read_text(), '<directoryBrowse enabled="false" />',
               "a section of each application")


def story_appcmd_searches_all_levels(t):
    appcmd = Appcmd(t)
    top = "MACHINE/WEBROOT/APPHOST"
    site = f"{top}/Default Web Site"
    t.write("a/b/web.config", """<configuration><system.webServer><directoryBrowse enabled="true"/>
        <httpErrors errorMode="Detailed"/></system.webServer>
        <location path="c/d.txt"><system.webServer><directoryBrowse enabled="false"/>
        </system.webServer></location></configuration>""")
    t.write("other/web.config", "<configuration/>")
    other = t.root / "elsewhere"
    t.write(other / "web.config", "<configuration><system.webServer><caching/></system.webServer>"
            "</configuration>")
    appcmd("add", "vdir", "/app.name:Default Web Site/", "/path:/a/v", f"/physicalPath:{other}")
    appcmd("lock", "config", "Default Web Site/x", "/section:asp")

    def search(*words, **options):
        return [line[14:-1] for line in appcmd("search", "config", *words, **options).splitlines()
                if line.startswith("CONFIGSEARCH ")]

    t.equal(search(), [top, f"{site}/x", f"{site}/a/b", f"{site}/a/b/c/d.txt", f"{site}/a/v"], "all")
    browse = [f"{site}/a/b", f"{site}/a/b/c/d.txt"]
    t.equal(search("/section:directoryBrowse"), browse, "a section")
    t.equal(search("/section:directoryBrowse", "/enabled:True"), browse[:1], "a value")
    t.equal(search("/section:httpErrors", "/errorMode"), browse[:1], "an attribute")
    t.equal(search("Default Web Site/a/b/c"), browse[1:], "below a place")
    t.equal(search("Default Web Site/a", "/section:caching"), [f"{site}/a/v"], "a virtual directory")
    t.contains(appcmd("search", "config", "/section:asp", "/xml"),
               f'<CONFIGSEARCH CONFIGSEARCH.NAME="{site}/x" />', "as XML")
    appcmd("search", "config", "/enabled:true", status=87)
    t.write("bad/web.config", "<configuration>")
    t.equal(search("/section:caching", status=13), [f"{site}/a/v"], "the others are found")
    t.contains(appcmd("search", "config", status=13), "bad/web.config", "and what is broken is told")


def story_reset_is_what_is_installed_and_clear_is_one_place(t):
    appcmd = Appcmd(t)
    site = "Default Web Site"
    appcmd("set", "config", "/section:defaultDocument", "/enabled:false")
    appcmd("unlock", "config", "/section:asp")
    appcmd("set", "config", site, "/section:defaultDocument", "/enabled:true", "/commit:apphost")
    t.contains(appcmd("reset", "config", site, "/section:defaultDocument", status=87),
               "use 'clear config'", "one place")
    appcmd("reset", "config", "/section:defaultDocument")
    appcmd("reset", "config", "/section:asp")
    text = re.sub(r">\s+<", "><", appcmd.file.read_text())
    t.check("<asp />" not in text, "an unlocked section is locked as it was")
    t.equal(text.count("<defaultDocument"), 1, "the site keeps what it says")
    appcmd("set", "config", site, "/section:asp", "/codePage:65001", status=0x21)
    # A web.config that is wrong can be mended.
    t.write("web.config", "<configuration><system.webServer><asp codePage='65001'/>"
            "</system.webServer></configuration>")
    appcmd("list", "config", site, "/section:asp", status=0x21)
    appcmd("clear", "config", site, "/section:asp")
    appcmd("list", "config", site, "/section:asp")
    appcmd("clear", "config", site, "/section:defaultDocument", "/commit:apphost")
    t.check("defaultDocument" not in appcmd.file.read_text(), "clear")


def story_appcmd_installs_and_enables_modules(t):
    appcmd = Appcmd(t)
    appcmd("unlock", "config", "/section:modules")
    t.equal(appcmd("install", "module", "/name:Stamp", "/image:/opt/stamp.so", "/lock:true"),
            'GLOBAL MODULE object "Stamp" added\nMODULE object "Stamp" added\n', "install")
    appcmd.fragment('<globalModules><remove name="Stamp" /><add name="Stamp" image="/opt/stamp.so" />|'
                    '<globalModules><add name="Stamp" image="/opt/stamp.so" />')
    appcmd.fragment('<add name="Stamp" lockItem="true" />')
    appcmd("install", "module", "/name:Later", "/image:/opt/later.so", "/add:false")
    t.equal(appcmd("list", "module", "Later", status=1), "", "not enabled yet")
    app = "/app.name:Default Web Site/"
    t.equal(appcmd("add", "module", "/name:Later", app), 'MODULE object "Later" added\n', "add")
    t.contains((t.site / "web.config").read_text(), '<add name="Later" />', "in the application")
    t.equal(appcmd("list", "module", "Later", app), 'MODULE "Later" ( native, preCondition: )\n',
            "list")
    t.contains(appcmd("add", "module", "/name:None", status=144), "No native module", "no type")
    appcmd("add", "module", "/name:It's", "/type:My.Module", app)
    appcmd("set", "module", "It's", "/preCondition:managedHandler", app)
    t.equal(appcmd("list", "module", "It's", app),
            'MODULE "It\'s" ( type:My.Module, preCondition:managedHandler )\n', "set")
    appcmd("delete", "module", "Stamp", app, status=0x21)  # it is locked
    appcmd("delete", "module", "Later", app)
    appcmd("delete", "module", "Later", app, status=144)
    t.equal(appcmd("uninstall", "module", "Stamp"), 'GLOBAL MODULE object "Stamp" deleted\n'
            'MODULE object "Stamp" deleted\n', "uninstall")
    appcmd("uninstall", "module", "Stamp", status=144)
    appcmd("install", "module", "/name:X", status=87)
    appcmd("install", "module", "/name:X", "/image:x", "/colour:red", status=87)


def story_appcmd_migrates_asp_net(t):
    appcmd = Appcmd(t)
    appcmd("unlock", "config", "/section:modules")
    appcmd("unlock", "config", "/section:handlers")
    old = """<configuration>
  <system.web>
    <httpModules><add name="Cart" type="Shop.Cart" /></httpModules>
    <httpHandlers><remove verb="*" path="*.x" /><add verb="GET,POST" path="*.cart" type="Shop.H" />
    </httpHandlers>
  </system.web>
</configuration>
"""
    t.write("web.config", old)
    t.equal(appcmd("migrate", "config", "Default Web Site/"),
            'Migrated 2 modules and handlers of "MACHINE/WEBROOT/APPHOST/Default Web Site"\n', "migrate")
    new = re.sub(r">\s+<", "><", (t.site / "web.config").read_text())
    t.contains(new, '<modules><add name="Cart" type="Shop.Cart" preCondition="managedHandler" />', "x")
    t.contains(new, '<handlers><add name="*.cart_GET,POST" path="*.cart" verb="GET,POST" type="Shop.H" '
               'preCondition="integratedMode,runtimeVersionv2.0" />', "a handler")
    t.contains(new, '<validation validateIntegratedModeConfiguration="false" />', "both are there")
    t.equal(appcmd("migrate", "config", "Default Web Site"), "No migration is necessary.\n", "again")
    t.write("web.config", old)
    appcmd("migrate", "config", "Default Web Site", "/clear")
    t.check("httpModules" not in (t.site / "web.config").read_text(), "/clear")
    appcmd("migrate", "config", status=87)


def story_appcmd_helps(t):
    appcmd = Appcmd(t)
    general = appcmd("/?", status=1)
    objects = re.findall(r"^  ([A-Z]+) ", general, re.M)
    t.check(len(objects) >= 9, f"objects: {general}")
    for kind in objects:
        out = appcmd(kind.lower(), "/?", status=1)
        verbs = re.findall(r"^  ([a-z]+) +(.*)$", out, re.M)
        t.check(verbs and all(what for _, what in verbs), f"what each verb of {kind} does: {out}")
        for verb, what in verbs:
            t.contains(appcmd(verb, kind, "/?", status=1), f"{what}\n\nAPPCMD {verb} {kind} ", "help")
    t.contains(appcmd("set", "config", "/section:asp", "/?", status=1),
               "-session.timeout\n", "properties of a section")
    t.contains(appcmd("set", "site", "Default Web Site", "-?", status=1),
               "-bindings.[protocol=''].bindingInformation\n", "properties of a site")
    t.contains(appcmd("set", "apppool", "DefaultAppPool", "/?", status=1),
               "-managedPipelineMode  (Integrated | Classic)\n", "what an enumeration may be")
    t.contains(appcmd("list", "traces", status=50), "not part of this server", "traces")


def story_appcmd_shows_metadata(t):
    appcmd = Appcmd(t)
    appcmd("set", "config", "/section:httpErrors", "/lockAttributes:errorMode")
    out = appcmd("list", "config", "Default Web Site", "/section:httpErrors", "/metadata")
    t.contains(out, '<httpErrors overrideMode="Inherit" effectiveOverrideMode="Allow" '
               'isLocked="false" allowDefinition="Everywhere"', "a section")
    t.contains(out, 'lockAttributes="errorMode', "its locks")
    t.contains(out, f'deepestPathSet="MACHINE/WEBROOT/APPHOST" deepestFileNameSet="{appcmd.file}" '
               'deepestFileLineNumberSet="', "where it is written")
    out = appcmd("list", "config", "Default Web Site", "/section:asp", "/metadata", "/xml")
    t.contains(out, 'overrideMode="Inherit" locked="true"', "a locked section")


def story_appcmd_keeps_backups(t):
    appcmd = Appcmd(t)
    before = appcmd.file.read_bytes()
    t.equal(appcmd("add", "backup", "MyBackup"), 'BACKUP object "MyBackup" added\n', "add")
    appcmd("add", "apppool", "/name:More")
    t.check(appcmd("list", "backups").startswith('BACKUP "MyBackup"\nBACKUP "CFGHISTORY_'), "list")
    t.equal(appcmd("restore", "backup", "MyBackup"),
            'Restored configuration from backup "MyBackup"\n', "restore")
    t.check(appcmd.file.read_bytes() == before, "byte for byte")
    appcmd.file.chmod(0o600)
    appcmd("add", "backup", "Secret")
    appcmd("add", "apppool", "/name:Again")
    copies = [*appcmd.file.parent.glob("backup/Secret/*"),
              max(appcmd.file.parent.glob("history/*/*")), appcmd.file]
    t.equal([oct(copy.stat().st_mode & 0o777) for copy in copies], ["0o600"] * 3,
            "a file that nobody else may read has copies that nobody else may read")
    t.equal(appcmd("delete", "backup", "MyBackup"), 'BACKUP object "MyBackup" deleted\n', "delete")
    appcmd("restore", "backup", "../config", status=1168 & 0xff)
    appcmd("delete", "backup", "MyBackup", status=1168 & 0xff)
    t.contains(appcmd("add", "backup", "Secret", status=183), "already exists", "twice")
    versions = re.findall(r'BACKUP "(CFGHISTORY_\d+)"', appcmd("list", "backups"))
    t.equal(len(versions), len(list(appcmd.file.parent.glob("history/*"))), "the history")
    administration = appcmd.file.parent / "administration.config"
    administration.write_text("<configuration />")
    appcmd("add", "backup", "Whole")
    administration.write_text("<changed />")
    appcmd("restore", "backup", versions[0], "/stop:false")
    t.check(appcmd.file.read_bytes() == before, "a version of the history")
    t.equal(administration.read_text(), "<changed />", "which has no other file")
    appcmd("restore", "backup", "whole", status=1168 & 0xff)
    appcmd("restore", "backup", "Whole")
    t.equal(administration.read_text(), "<configuration />", "the other files")
    appcmd("add", "backup", "CFGHISTORY_1", status=87)
    appcmd("delete", "backup", versions[0], status=1168 & 0xff)


def story_backups_are_behind_no_links(t):
    appcmd = Appcmd(t)
    appcmd("add", "backup", "Mine")
    elsewhere = t.state / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "applicationHost.config").write_text("<configuration />")
    backups = appcmd.file.parent / "backup"
    (backups / "Linked").symlink_to(elsewhere)
    appcmd("restore", "backup", "Linked", status=1168 & 0xff)
    appcmd("delete", "backup", "Linked", status=1168 & 0xff)
    (backups / "File").mkdir()
    (backups / "File/applicationHost.config").symlink_to(elsewhere / "applicationHost.config")
    t.check("Restored" not in t.run("appcmd", "restore", "backup", "File").out, "a file that is a link")
    backups.rename(t.state / "real")
    backups.symlink_to(t.state / "real")
    appcmd("restore", "backup", "Mine", status=1168 & 0xff)
    t.check("added" not in t.run("appcmd", "add", "backup", "More").out, "all of them behind a link")
    t.equal((elsewhere / "applicationHost.config").read_text(), "<configuration />", "what was linked to")
    t.contains(appcmd.file.read_text(), "of the administrator", "what was to be restored over")


def story_appcmd_follows_no_links_and_waits_for_no_strangers(t):
    appcmd = Appcmd(t)
    words = ("set", "config", "Default Web Site", "/section:directoryBrowse", "/enabled:true")
    secret = t.state / "secret"
    secret.write_text("<configuration />")
    (t.site / "web.config").symlink_to(secret)
    t.contains(appcmd(*words, status=13), "it is a link that leads out", "a link instead of web.config")
    t.equal(secret.read_text(), "<configuration />", "what the link names")
    (t.site / "web.config").unlink()
    t.write("other.config", "<configuration />")
    (t.site / "web.config").symlink_to("other.config")
    t.contains(appcmd(*words, status=13), "it is a symbolic link", "a link to a file of the site")
    (t.site / "web.config").unlink()
    lock = os.open(t.site, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    t.contains(appcmd(*words, status=32), "hresult:80070020", "the folder's lock held by another")
    t.check(not (t.site / "web.config").exists(), "nothing is written without the lock")
    os.close(lock)
    appcmd(*words)
    t.contains((t.site / "web.config").read_text(), 'enabled="true"', "the lock let go")


def story_appcmd_controls_pools(t):
    t.write("pid.asp", '<%= Request.ServerVariables("SURROGATE_PID") %>')
    t.serve()
    pid = t.get("/pid.asp").text
    pool = "IIS Out-Of-Process Pooled Applications"
    t.equal(t.run("appcmd", "list", "wp").out, f'WP "{pid}" (applicationPool:{pool})\n', "list wp")
    t.contains(t.run("appcmd", "list", "site").out, "state:Started", "a site of a server that runs")
    done = t.run("appcmd", "stop", "apppool", "DefaultAppPool")
    t.equal((done.status, done.out), (0, '"DefaultAppPool" successfully stopped\n'), "stop")
    t.contains(t.run("appcmd", "list", "apppool", "DefaultAppPool").out, "state:Stopped", "stopped")
    done = t.run("appcmd", "start", "apppool", "DefaultAppPool", "/wait")
    t.equal((done.status, done.out), (0, '"DefaultAppPool" successfully started.\n'), "start")
    t.contains(t.run("appcmd", "list", "apppool", "DefaultAppPool").out, "state:Started", "started")
    done = t.run("appcmd", "recycle", "apppool", "/in",
                 stdin=t.run("appcmd", "list", "apppool", "DefaultAppPool", "/xml").out.encode())
    t.equal((done.status, done.out), (0, '"DefaultAppPool" successfully recycled\n'), "recycle")
    t.equal(t.run("appcmd", "add", "apppool", "/name:New").out, 'APPPOOL object "New" added\n',
            "a pool beside a server that runs")


def story_surrogate_explains_values(t):
    appcmd = Appcmd(t)
    (t.site / "web.config").write_text("<configuration>\n  <system.webServer>\n    <directoryBrowse\n"
                                       '      enabled="true" />\n  </system.webServer>\n'
                                       "</configuration>\n")
    done = t.run("surrogate", "explain", "directoryBrowse", "Default Web Site")
    t.equal(done.status, 0, f"explain: {done}")
    t.contains(done.out, f'enabled="true"  {t.site}/web.config:3\n', "what was written")
    t.contains(done.out, 'showFlags="Date, Time, Size, Extension"  schema\n', "what was not")
    t.equal(t.run("surrogate", "explain", "nope", "Default Web Site").status, 1, "no section")
    done = t.run("surrogate", "configtest")
    t.equal((done.status, done.out, done.err), (0, "The configuration is valid.\n", ""), "configtest")
    appcmd.file.write_text(appcmd.file.read_text().replace("</configuration>", "    <location path='Site/x' />\n</configuration>"))
    done = t.run("surrogate", "configtest")
    line = appcmd.file.read_text().count("\n") - 1
    t.equal((done.status, done.out), (0, "The configuration is valid.\n"), "a warning is no error")
    t.contains(done.err, f"warning: {appcmd.file}: line {line}: There is no site 'Site'", "a location of no site")
    (t.site / "deep").mkdir()
    (t.site / "deep" / "web.config").write_text("<configuration>\n<system.webServer><asp/>"
                                                "</system.webServer></configuration>")
    done = t.run("surrogate", "configtest")
    t.equal(done.status, 1, f"configtest: {done}")
    t.contains(done.err, "deep/web.config: line 2: This configuration section cannot be used",
               "the broken file")
    appcmd.file.write_text("<configuration>")
    t.equal(t.run("surrogate", "configtest").status, 1, "a broken applicationHost.config")


def story_passwords_are_written_encrypted(t):
    appcmd = Appcmd(t)
    appcmd("set", "apppool", "DefaultAppPool", "/processModel.identityType:SpecificUser",
           "/processModel.userName:nobody", "/processModel.password:Tell-Nobody-73")
    value = appcmd.fragment('password="(.*?)"')
    t.check(value.startswith('password="[enc:IISWASOnlyAesProvider:'), f"encrypted: {value}")
    key = t.state / "config/machine.key"
    t.equal((key.stat().st_mode & 0o7777, key.stat().st_size), (0o600, 32), "the key")
    everything = [appcmd("list", "apppool", "DefaultAppPool", word) for word in ("/text:*", "/config:*")]
    everything.append(t.run("surrogate", "explain", "applicationPools", "").out)
    everything += [f.read_text() for f in t.state.rglob("applicationHost.config")]
    t.check(not any("Tell-Nobody-73" in text for text in everything), "nobody tells")
    t.equal(appcmd("list", "apppool", "DefaultAppPool", "/text:processModel.password"),
            "Tell-Nobody-73\n", "who asks for it by its name")
    # What another machine encrypted keeps nothing from being read, but itself.
    appcmd.file.write_text(appcmd.file.read_text().replace("[enc:IISWASOnlyAesProvider:", "[enc:AesProvider:"))
    t.equal(appcmd("list", "apppool", "DefaultAppPool", "/text:processModel.userName"), "nobody\n", "the user")
    out = appcmd("list", "apppool", "DefaultAppPool", "/text:processModel.password", status=13)
    line = next(i for i, text in enumerate(appcmd.file.read_text().splitlines(), 1) if "[enc:" in text)
    t.contains(out, f"Filename: {appcmd.file}\nLine number: {line}\n", "where")
    t.contains(out, 'Set it again: appcmd set apppool "DefaultAppPool" /processModel.password:...', "how")
    appcmd("set", "apppool", "DefaultAppPool", "/processModel.password:again")
    t.equal(appcmd("list", "apppool", "DefaultAppPool", "/text:processModel.password"), "again\n", "mended")


def story_surrogate_shows_the_metabase(t):
    appcmd = Appcmd(t)
    out = t.run("surrogate", "metabase", "W3SVC/1").out
    t.contains(out, 'ServerComment                   : (STRING) "Default Web Site"\n', "the site")
    t.contains(out, "ServerBindings                  : (LIST)  (1 Items)\n", "its bindings")
    t.contains(out, "[/W3SVC/1/ROOT]\n", "the key below")
    done = t.run("surrogate", "metabase-set", "W3SVC/1/ROOT/AspScriptTimeout", "33")
    t.equal(done.status, 0, f"metabase-set: {done}")
    t.contains(t.run("surrogate", "metabase", "W3SVC/1/ROOT").out,
               "AspScriptTimeout                : (INTEGER) 33\n", "what was set")
    appcmd.fragment('<location path="Default Web Site"><system.webServer><asp><limits '
                    'scriptTimeout="00:00:33" /></asp>')
    t.equal(t.run("surrogate", "metabase-set", "W3SVC/1/ROOT/AppIsolated", "0").status, 0,
            "what has no place in the configuration")
    t.equal(t.run("surrogate", "metabase-set", "W3SVC/1/ROOT/Nope", "0").status, 1, "no property")
    done = t.run("surrogate", "metabase-set", "LM/W3SVC/1/AppPoolId", "Nope")
    t.equal((done.status, done.err.count("AppPoolId has no place at LM/W3SVC/1")), (1, 1),
            f"a property of another key: {done}")
    done = t.run("surrogate", "metabase-set", "LM/W3SVC/WAMUserPass", "secret")
    t.equal(done.status, 0, f"a password: {done}")
    appcmd.fragment('<property id="7502" dataType="String" userType="2" '
                    'attributes="Inherit, Secure" value="secret" />')
    t.contains(t.run("surrogate", "metabase", "LM/W3SVC").out,
               'WAMUserPass                     : (STRING) "**********"\n', "a password")
    done = t.run("surrogate", "explain", "customMetadata", "")
    t.contains(done.out, 'value="***"', "a password")
    t.check("secret" not in done.out, f"a password: {done}")
    t.equal(t.run("surrogate", "metabase", "W3SVC/7").status, 1, "no key")


def story_the_metabase_is_changed_as_admin_base_does(t):
    appcmd = Appcmd(t)

    def metabase(verb, *words, status=0):
        done = t.run("surrogate", "metabase" + verb, *words)
        t.equal(done.status, status, f"metabase{verb} {words}: {done.out}{done.err}")
        return done.out + done.err

    before = appcmd.file.read_bytes()
    metabase("-create", "W3SVC/AppPools/Shop")
    metabase("-create", "W3SVC/2/ROOT")
    metabase("-set", "W3SVC/2/ServerComment", "Shop")
    metabase("-set", "W3SVC/2/ServerBindings", ":81:,127.0.0.1:82:shop")
    metabase("-set", "W3SVC/2/ROOT/Path", str(t.site))
    metabase("-create", "W3SVC/2/ROOT/cart")
    metabase("-set", "W3SVC/2/ROOT/cart/AppPoolId", "Shop")
    t.equal(appcmd("list", "app", "/site.name:Shop"),
            'APP "Shop/" (applicationPool:)\nAPP "Shop/cart" (applicationPool:Shop)\n', "what it made")
    t.equal(appcmd("list", "vdir", "Shop/cart", "/text:physicalPath"), f"{t.site}/cart\n", "its folder")
    t.contains(appcmd("list", "site", "Shop"), "bindings:http/*:81:,http/127.0.0.1:82:shop", "bindings")
    metabase("-set", "W3SVC/2/ROOT/cart/ScriptMaps", ".asp,asp.dll,5,GET,POST|.x,/opt/x.dll,1")
    t.equal(metabase("-get", "W3SVC/2/ROOT/cart/ScriptMaps"),
            'ScriptMaps                      : (LIST)  (2 Items)\n  ".asp,asp.dll,5,GET,POST"\n'
            '  ".x,/opt/x.dll,1"\n', "script maps")
    metabase("-set", "W3SVC/2/ROOT/cart/HttpErrors", "404,*,URL,/gone.asp")
    t.contains(appcmd("list", "config", "Shop/cart", "/section:httpErrors"),
               'path="/gone.asp" responseMode="ExecuteURL"', "errors")
    t.check(metabase("-find", "LM/ScriptMaps").endswith("LM/W3SVC/2/ROOT/cart\n"), "where it is set")
    metabase("-rename", "W3SVC/AppPools/Shop", "Store")
    t.contains(metabase("-get", "W3SVC/2/ROOT/cart/in/AppPoolId", status=1), "there is no metabase key",
               "a key that is not there")
    t.contains(metabase("-get", "W3SVC/2/ROOT/cart/AppPoolId"), '"Store"', "the pool's new name")
    metabase("-copy", "W3SVC/2/ROOT/cart", "W3SVC/2/ROOT/copy")
    metabase("-move", "W3SVC/2/ROOT/copy", "W3SVC/2/ROOT/moved")
    t.contains(metabase("-get", "W3SVC/2/ROOT/moved/AppRoot"), '"/LM/W3SVC/2/ROOT/moved"', "a copy")
    metabase("-delete", "W3SVC/2/ROOT/moved/HttpErrors")
    t.check("gone.asp" not in metabase("-get", "W3SVC/2/ROOT/moved/HttpErrors"), "one datum")
    t.contains(metabase("-create", "W3SVC/2", status=1), "is there already", "twice")
    t.contains(metabase("-delete", "W3SVC/AppPools/Store", status=1), "does not exist", "in use")
    metabase("-delete", "W3SVC/2")
    metabase("-delete", "W3SVC/AppPools/Store")
    t.equal(re.sub(rb"\s*<customMetadata>\s*</customMetadata>", b"", appcmd.file.read_bytes()), before,
            "what was made is gone")
