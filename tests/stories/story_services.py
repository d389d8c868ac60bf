# SPDX-License-Identifier: Apache-2.0
"""iisreset and sc: what administrators type."""
from stage import also_sanitized


@also_sanitized
def story_iisreset_restarts_everything(t):
    t.write("pid.asp", '<%= Request.ServerVariables("SURROGATE_PID") %>')
    t.serve()
    before = t.get("/pid.asp").text
    front = next(p["pid"] for p in t.status()["processes"] if p["service"] == "W3SVC")
    done = t.run("iisreset")
    t.equal(done.out.split("\n"), ["", "Attempting stop...", "Internet services successfully stopped",
                                   "Attempting start...",
                                   "Internet services successfully restarted", ""], "its lines")
    t.equal(done.status, 0, "its exit status")
    after = t.wait_for(lambda: (a := t.get("/pid.asp")).status == 200 and a.text, "the page")
    t.check(after != before, "the page has a new host")
    t.check(front not in [p["pid"] for p in t.status()["processes"]], "a new front end")


@also_sanitized
def story_after_iisreset_one_can_connect_at_once(t):
    t.write("index.htm", "home")
    t.serve()
    for _ in range(10):
        t.equal(t.run("iisreset").status, 0, "iisreset")
        t.equal(t.get("/").text, "home", "the page, without waiting")


def story_iisreset_says_status(t):
    t.write("default.asp", "")
    t.serve()
    done = t.run("iisreset", "/status")
    for line in ("Status for IIS Admin Service ( IISADMIN ) : Running",
                 "Status for Windows Process Activation Service ( WAS ) : Running",
                 "Status for World Wide Web Publishing Service ( W3SVC ) : Running"):
        t.contains(done.out, line, "iisreset /status")


@also_sanitized
def story_iisreset_refuses_when_the_admin_service_is_disabled(t):
    t.write("default.asp", "<%= 1 %>")
    t.serve()
    done = t.run("sc", "config", "IISADMIN", "start=", "disabled")
    t.equal(done.status, 0, f"sc config: {done}")
    done = t.run("sc", "stop", "IISADMIN")
    done = t.run("iisreset")
    t.check(done.status != 0, f"iisreset refuses: {done}")
    t.contains(done.out + done.err, "disabled", "what it says")
    done = t.run("sc", "config", "IISADMIN", "start=", "auto")
    t.equal(done.status, 0, f"sc config: {done}")
    t.equal(t.run("iisreset").status, 0, "iisreset, enabled again")
    t.wait_for(lambda: t.get("/").text == "1", "the page")


def story_iisreset_disabled_by_itself(t):
    t.write("default.asp", "<%= 1 %>")
    t.serve()
    t.equal(t.run("iisreset", "/disable").status, 0, "iisreset /disable")
    done = t.run("iisreset")
    t.check(done.status != 0, f"iisreset refuses: {done}")
    t.equal(t.get("/").text, "1", "the page, still served")
    t.equal(t.run("iisreset", "/enable").status, 0, "iisreset /enable")
    t.equal(t.run("iisreset", "/noforce").status, 0, "iisreset, enabled again")


def story_sc_stops_and_starts_the_web_service(t):
    t.write("default.asp", "<%= 1 %>")
    t.serve()
    t.equal(t.get("/").text, "1", "the page")
    t.equal(t.run("sc", "stop", "W3SVC").status, 0, "sc stop")
    t.wait_for(lambda: "STOPPED" in t.run("sc", "query", "W3SVC").out, "STOPPED")
    try:
        answer = t.get("/")
    except OSError:
        answer = None
    t.check(answer is None, f"nobody listens: {answer}")
    t.equal(t.run("sc", "start", "W3SVC").status, 0, "sc start")
    t.wait_for(lambda: t.get("/").text == "1", "the page")
    t.contains(t.run("sc", "start", "nonesuch").out, "1060", "what it says of an unknown service")


@also_sanitized
def story_settings_of_services_survive_a_restart(t):
    t.write("default.asp", "<%= 1 %>")
    t.serve()
    t.equal(t.run("sc", "config", "W3SVC", "start=", "demand").status, 0, "sc config")
    t.stop()
    t.serve()
    t.contains(t.run("sc", "qc", "W3SVC").out, "DEMAND_START", "sc qc")


def story_redirection_config_says_where_the_configuration_is(t):
    t.write("index.htm", "home")
    t.serve()
    t.stop()
    shared = t.root / "shared"
    shared.mkdir()
    (t.state / "config/applicationHost.config").rename(shared / "applicationHost.config")
    redirection = t.write(t.state / "config/redirection.config", f"""<configuration>
  <configSections><section name="configurationRedirection" /></configSections>
  <configurationRedirection enabled="true" path="{shared}/" userName="" password="" />
</configuration>""")
    t.run_server()
    t.equal(t.get("/index.htm").text, "home", "what the shared file says")
    t.contains(t.run("appcmd", "list", "site").out, 'SITE "Default Web Site"', "tools look there too")
    done = t.run("appcmd", "set", "config", "/section:asp", "/codePage:65001")
    t.equal(done.status, 0, f"and write there: {done}")
    t.contains((shared / "applicationHost.config").read_text(), "65001", "the shared file")
    t.check(not (t.state / "config/applicationHost.config").exists(), "there is no other one")
    t.stop()
    redirection.write_text(redirection.read_text().replace(f"{shared}/", r"\\\\server\\share"))
    done = t.run("surrogate", "run")
    t.equal(done.status, 1, "a share that nobody mounted")
    t.contains(done.err, f"{redirection}: line 3: The 'path' attribute is invalid", "where")
    t.contains(t.run("appcmd", "list", "site").out, "mount the share", "what to do")


def story_a_wrong_configuration_is_refused_with_its_line(t):
    path = t.write(t.state / "config/applicationHost.config", """<configuration>
<system.applicationHost><applicationPools>
<add name="P"><processModel idleTimeout="soon"/></add>
</applicationPools></system.applicationHost></configuration>""")
    done = t.run("surrogate", "run")
    t.equal(done.status, 1, "status")
    for part in (str(path), "line 3", "idleTimeout"):
        t.contains(done.err, part, "what it says")
