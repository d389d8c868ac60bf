/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event table: everything that can be written to the event log, in one place. The SCM's code,
 * `wevtutil`, the documentation and the tests derive from it.
 *
 * EVENT_PROVIDERS: X(provider symbol, provider name, classic source name, GUID or "")
 * EVENT_TABLE:     X(provider symbol, id, level, channel, number of parameters, text)
 *
 * Texts are the published message templates: %1..%99 stand for parameters, %n for a new line, %%
 * for a per cent sign. Levels: every DistributedCOM event of this list is an Error; those of WAS
 * and W3SVC are as published. 5078, 5079, 5012 and 5021 have the words of their IIS 6 ancestors
 * (1078, 1079, 1012, 1021), whose rule is: id minus 4000, and the service's name of that time.
 */
#pragma once

#include "eventlog/eventlog.h"

#define EVENT_PROVIDERS(X)                                                                         \
	X(WAS, "Microsoft-Windows-WAS", "WAS", "")                                                 \
	X(DCOM, "Microsoft-Windows-DistributedCOM", "DCOM",                                        \
	  "{1B562E86-B7AA-4131-BADC-B6F3A001407E}")                                                \
	X(W3SVC, "Microsoft-Windows-IIS-W3SVC", "W3SVC", "")                                       \
	X(W3SVC_WP, "Microsoft-Windows-IIS-W3SVC-WP", "W3SVC-WP", "")                              \
	X(SERVICES, "Service Control Manager", "Service Control Manager",                          \
	  "{555908d1-a6d7-4695-8e1e-26931d2012f4}")                                                \
	X(EVENTLOG, "EventLog", "EventLog", "")                                                    \
	X(ASP, "Active Server Pages", "ASP", "")                                                   \
	X(WSH, "WSH", "WSH", "")

#define EVENT_DATA " The data field contains the error number."
#define EVENT_RECYCLE                                                                              \
	"A worker process with process id of '%1' serving application pool '%2' has requested a "  \
	"recycle because "
#define EVENT_MODIFY                                                                               \
	" This security permission can be modified using the Component Services administrative "   \
	"tool."
#define EVENT_CORRECT                                                                              \
	" It contains Access Control Entries with permissions that are invalid. The requested "    \
	"action was therefore not performed. This security permission can be corrected using the " \
	"Component Services administrative tool."
#define EVENT_AUTHN_LEVEL                                                                          \
	" authentication level at %5. The lowest activation authentication level required by "     \
	"DCOM is 5(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY). To raise the activation authentication "      \
	"level, please contact the application vendor."

/* Life of pools and their processes. */
#define EVENT_TABLE_WAS(X)                                                                         \
	X(WAS, 5002, ERROR, SYSTEM, 1,                                                             \
	  "Application pool '%1' is being automatically disabled due to a series of failures in "  \
	  "the process(es) serving that application pool.")                                        \
	X(WAS, 5009, WARNING, SYSTEM, 3,                                                           \
	  "A process serving application pool '%1' terminated unexpectedly. The process id was "   \
	  "'%2'. The process exit code was '0x%3'.")                                               \
	X(WAS, 5010, WARNING, SYSTEM, 2,                                                           \
	  "A process serving application pool '%1' failed to respond to a ping. The process id "   \
	  "was '%2'.")                                                                             \
	X(WAS, 5011, WARNING, SYSTEM, 2,                                                           \
	  "A process serving application pool '%1' suffered a fatal communication error with the " \
	  "Windows Process Activation Service. The process id was '%2'." EVENT_DATA)               \
	X(WAS, 5012, WARNING, SYSTEM, 2,                                                           \
	  "A process serving application pool '%1' exceeded time limits during start up. The "     \
	  "process id was '%2'.")                                                                  \
	X(WAS, 5013, WARNING, SYSTEM, 2,                                                           \
	  "A process serving application pool '%1' exceeded time limits during shut down. The "    \
	  "process id was '%2'.")                                                                  \
	X(WAS, 5021, WARNING, SYSTEM, 1,                                                           \
	  "The identity of application pool %1 is invalid. The user name or password that is "     \
	  "specified for the identity may be incorrect, or the user may not have batch logon "     \
	  "rights. If the identity is not corrected, the application pool will be disabled when "  \
	  "the application pool receives its first request.  If batch logon rights are causing "   \
	  "the problem, the identity in the IIS configuration store must be changed after rights " \
	  "have been granted before Windows Process Activation Service (WAS) can retry the "       \
	  "logon. If the identity remains invalid after the first request for the application "    \
	  "pool is processed, the application pool will be disabled." EVENT_DATA)                  \
	X(WAS, 5025, WARNING, SYSTEM, 1, "Application pool '%1' exceeded its job limit setting.")  \
	X(WAS, 5041, WARNING, SYSTEM, 7,                                                           \
	  "The '%1' '%2' failed range validation for property '%3'. The configured value '%4' is " \
	  "outside of the range '%5' to '%6'. The value will default to '%7'.")                    \
	X(WAS, 5057, WARNING, SYSTEM, 1,                                                           \
	  "Application pool %1 has been disabled. Windows Process Activation Service (WAS) did "   \
	  "not create a worker process to serve the application pool because the application "     \
	  "pool identity is invalid.")                                                             \
	X(WAS, 5058, WARNING, SYSTEM, 1,                                                           \
	  "The Windows Process Activation Service encountered a failure while setting the "        \
	  "affinity mask of application pool '%1'. Probable cause is that the mask does not "      \
	  "contain any processors available on this machine." EVENT_DATA)                          \
	X(WAS, 5059, ERROR, SYSTEM, 1,                                                             \
	  "Application pool %1 has been disabled. Windows Process Activation Service (WAS) "       \
	  "encountered a failure when it started a worker process to serve the application pool.") \
	X(WAS, 5070, WARNING, SYSTEM, 1,                                                           \
	  "The Windows Process Activation Service failed to issue recycle requests to all worker " \
	  "processes of application pool '%1'." EVENT_DATA)                                        \
	X(WAS, 5074, INFORMATION, SYSTEM, 2,                                                       \
	  EVENT_RECYCLE "the worker process reached its allowed processing time limit.")           \
	X(WAS, 5075, INFORMATION, SYSTEM, 2,                                                       \
	  EVENT_RECYCLE "it reached its allowed request limit.")                                   \
	X(WAS, 5076, INFORMATION, SYSTEM, 2,                                                       \
	  EVENT_RECYCLE "it reached its scheduled recycle time.")                                  \
	X(WAS, 5077, INFORMATION, SYSTEM, 2, EVENT_RECYCLE "it reached its virtual memory limit.") \
	X(WAS, 5078, INFORMATION, SYSTEM, 2,                                                       \
	  "An ISAPI reported an unhealthy condition to its worker process. Therefore, the worker " \
	  "process with process id of '%1' serving application pool '%2' has requested a "         \
	  "recycle.")                                                                              \
	X(WAS, 5079, INFORMATION, SYSTEM, 1,                                                       \
	  "An administrator has requested a recycle of all worker processes in application pool "  \
	  "'%1'.")                                                                                 \
	X(WAS, 5080, INFORMATION, SYSTEM, 1,                                                       \
	  "The worker processes serving application pool '%1' are being recycled due to 1 or "     \
	  "more configuration changes in the application pool properties which necessitate a "     \
	  "restart of the processes.")                                                             \
	X(WAS, 5081, INFORMATION, SYSTEM, 1,                                                       \
	  "The worker processes serving application pool '%1' are being recycled due to detected " \
	  "problems with the IIS configuration store that may make current cached metadata "       \
	  "invalid.")                                                                              \
	X(WAS, 5093, WARNING, SYSTEM, 2,                                                           \
	  "The Windows Process Activation Service failed to overlap recycle for application pool " \
	  "'%1' worker process '%2'." EVENT_DATA)                                                  \
	X(WAS, 5117, INFORMATION, SYSTEM, 2,                                                       \
	  EVENT_RECYCLE "it reached its private bytes memory limit.")                              \
	X(WAS, 5127, WARNING, SYSTEM, 2,                                                           \
	  "A worker process '%2' serving application pool '%1' is no longer trusted by the "       \
	  "Windows Process Activation Service, based on ill-formed data the worker process sent "  \
	  "to the service." EVENT_DATA)                                                            \
	X(WAS, 5172, ERROR, SYSTEM, 3,                                                             \
	  "The Windows Process Activation Service encountered an error trying to read "            \
	  "configuration data from file '%1', line number '%2'. The error message is: "            \
	  "'%3'." EVENT_DATA)                                                                      \
	X(WAS, 5186, INFORMATION, SYSTEM, 3,                                                       \
	  "A worker process with process id of '%1' serving application pool '%2' was shutdown "   \
	  "due to inactivity. Application Pool timeout configuration was set to %3 minutes. A "    \
	  "new worker process will be started when needed.")

/* Activation. 10003 has its misspelling from the published template. */
#define EVENT_TABLE_DCOM(X)                                                                        \
	X(DCOM, 10000, ERROR, SYSTEM, 3,                                                           \
	  "Unable to start a DCOM Server: %3. The error: \"%2\" Happened while starting this "     \
	  "command: %1")                                                                           \
	X(DCOM, 10001, ERROR, SYSTEM, 5,                                                           \
	  "Unable to start a DCOM Server: %3 as %4/%5. The error: \"%2\" Happened while starting " \
	  "this command: %1")                                                                      \
	X(DCOM, 10002, ERROR, SYSTEM, 4,                                                           \
	  "Access denied attempting to launch a DCOM Server. The server is: %1 The user is "       \
	  "%2/%3, SID=%4.")                                                                        \
	X(DCOM, 10003, ERROR, SYSTEM, 4,                                                           \
	  "Access denied attempting to launch a DCOM Server using DefaultLaunchPermssion. The "    \
	  "server is: %1 The user is %2/%3, SID=%4.")                                              \
	X(DCOM, 10004, ERROR, SYSTEM, 4,                                                           \
	  "DCOM got error \"%1\" and was unable to logon %2\\%3 in order to run the server: %4")   \
	X(DCOM, 10005, ERROR, SYSTEM, 4,                                                           \
	  "DCOM got error \"%1\" attempting to start the service %2 with arguments \"%3\" in "     \
	  "order to run the server: %4")                                                           \
	X(DCOM, 10006, ERROR, SYSTEM, 3,                                                           \
	  "DCOM got error \"%1\" from the computer %2 when attempting to activate the server: %3") \
	X(DCOM, 10007, ERROR, SYSTEM, 2,                                                           \
	  "DCOM got error \"%1\" when attempting to activate the server: %2")                      \
	X(DCOM, 10008, ERROR, SYSTEM, 4,                                                           \
	  "DCOM got error \"%1\" from the computer %2 when attempting to the server: %3 with "     \
	  "file %4.")                                                                              \
	X(DCOM, 10009, ERROR, SYSTEM, 1,                                                           \
	  "DCOM was unable to communicate with the computer %1 using any of the configured "       \
	  "protocols.")                                                                            \
	X(DCOM, 10010, ERROR, SYSTEM, 1,                                                           \
	  "The server %1 did not register with DCOM within the required timeout.")                 \
	X(DCOM, 10011, ERROR, SYSTEM, 1,                                                           \
	  "The server %1 could not be contacted to establish the connection to the client")        \
	X(DCOM, 10014, ERROR, SYSTEM, 1,                                                           \
	  "The activation for CLSID %1 failed because remote activations for COM+ are disabled. "  \
	  "To enable this functionality use Server Manager to install the COM+ Network Access "    \
	  "feature in the Application Server role.")                                               \
	X(DCOM, 10015, ERROR, SYSTEM, 10,                                                          \
	  "The machine wide limit settings do not grant %1 %2 permission for the COM Server "      \
	  "application with CLSID %3 and APPID %4 to the user %5\\%6 SID (%7) from address %8 "    \
	  "running in the application container %9 SID (%10)." EVENT_MODIFY)                       \
	X(DCOM, 10016, ERROR, SYSTEM, 11,                                                          \
	  "The %1 permission settings do not grant %2 %3 permission for the COM Server "           \
	  "application with CLSID %4 and APPID %5 to the user %6\\%7 SID (%8) from address %9 "    \
	  "running in the application container %10 SID (%11)." EVENT_MODIFY)                      \
	X(DCOM, 10017, ERROR, SYSTEM, 10,                                                          \
	  "The %1 permission settings do not grant %2 access permission to the COM Server "        \
	  "application %3 with APPID %4 to the user %5\\%6 SID (%7) from address %8 running in "   \
	  "the application container %9 SID (%10)." EVENT_MODIFY)                                  \
	X(DCOM, 10020, ERROR, SYSTEM, 2,                                                           \
	  "The machine wide %1 %2 security descriptor is invalid." EVENT_CORRECT)                  \
	X(DCOM, 10021, ERROR, SYSTEM, 1,                                                           \
	  "The launch and activation security descriptor for the COM Server application with "     \
	  "APPID %1 is invalid." EVENT_CORRECT)                                                    \
	X(DCOM, 10027, ERROR, SYSTEM, 8,                                                           \
	  "The machine wide limit settings do not grant %1 %2 permission for COM Server "          \
	  "applications to the user %3\\%4 SID (%5) from address %6 running in the application "   \
	  "container %7 SID (%8)." EVENT_MODIFY)                                                   \
	X(DCOM, 10028, ERROR, SYSTEM, 4,                                                           \
	  "DCOM was unable to communicate with the computer %1 using any of the configured "       \
	  "protocols; requested by PID %2 (%3), while activating CLSID %4.")                       \
	X(DCOM, 10029, ERROR, SYSTEM, 2,                                                           \
	  "The activation of the CLSID %1 timed out waiting for the service %2 to stop.")          \
	X(DCOM, 10036, ERROR, SYSTEM, 4,                                                           \
	  "The server-side authentication level policy does not allow the user %1\\%2 SID (%3) "   \
	  "from address %4 to activate DCOM server. Please raise the activation authentication "   \
	  "level at least to RPC_C_AUTHN_LEVEL_PKT_INTEGRITY in client application.")              \
	X(DCOM, 10037, ERROR, SYSTEM, 5,                                                           \
	  "Application %1 with PID %2 is requesting to activate CLSID %3 on computer %4 with "     \
	  "explicitly set" EVENT_AUTHN_LEVEL)                                                      \
	X(DCOM, 10038, ERROR, SYSTEM, 5,                                                           \
	  "Application %1 with PID %2 is requesting to activate CLSID %3 on computer %4 with "     \
	  "default activation" EVENT_AUTHN_LEVEL)

/* The front end and the hosts. */
#define EVENT_TABLE_WEB(X)                                                                         \
	X(W3SVC, 36, WARNING, SYSTEM, 2,                                                           \
	  "The server failed to load application '%1'. The error was '%2'.")                       \
	X(W3SVC, 37, WARNING, SYSTEM, 1,                                                           \
	  "Out of process application '%1' terminated unexpectedly.")                              \
	X(W3SVC, 115, ERROR, SYSTEM, 1,                                                            \
	  "The service could not bind instance %1. The data is the error code.")                   \
	X(W3SVC_WP, 2214, ERROR, APPLICATION, 1,                                                   \
	  "The HTTP Filter DLL %1 failed to load. The data is the error.")                         \
	X(W3SVC_WP, 2219, ERROR, APPLICATION, 1,                                                   \
	  "The HTTP server encountered an unhandled exception while processing the ISAPI "         \
	  "Application '%1'.")                                                                     \
	X(W3SVC_WP, 2220, ERROR, APPLICATION, 1,                                                   \
	  "The HTTP server was unable to load the ISAPI Application '%1'. The data is the error.") \
	X(W3SVC_WP, 2262, WARNING, APPLICATION, 2,                                                 \
	  "ISAPI '%1' reported itself as unhealthy for the following reason: '%2'.")               \
	X(W3SVC_WP, 2280, ERROR, APPLICATION, 1,                                                   \
	  "The Module DLL %1 failed to load. The data is the error.")                              \
	X(W3SVC_WP, 2297, ERROR, APPLICATION, 4,                                                   \
	  "The worker process for application pool '%1' encountered an error '%2' trying to read " \
	  "global module configuration data from file '%3', line number '%4'. Worker process "     \
	  "startup aborted.")                                                                      \
	X(W3SVC_WP, 2299, WARNING, APPLICATION, 1,                                                 \
	  "An application has reported as being unhealthy. The worker process will now request a " \
	  "recycle. Reason given: %1. The data is the error.")                                     \
	X(ASP, 5, ERROR, APPLICATION, 1, "Error: %1.")                                             \
	X(ASP, 6, ERROR, APPLICATION, 2, "Error: %1, %2.")                                         \
	X(ASP, 7, ERROR, APPLICATION, 3, "Error: %1, %2, %3.")                                     \
	X(ASP, 8, ERROR, APPLICATION, 4, "Error: %1, %2, %3, %4.")                                 \
	X(ASP, 9, WARNING, APPLICATION, 1, "Warning: %1.")

/* WshShell.LogEvent: the id is the type that the script gave. */
#define EVENT_TABLE_SCRIPTS(X)                                                                     \
	X(WSH, 0, INFORMATION, APPLICATION, 1, "%1")                                               \
	X(WSH, 1, ERROR, APPLICATION, 1, "%1")                                                     \
	X(WSH, 2, WARNING, APPLICATION, 1, "%1")                                                   \
	X(WSH, 4, INFORMATION, APPLICATION, 1, "%1")                                               \
	X(WSH, 8, INFORMATION, APPLICATION, 1, "%1")                                               \
	X(WSH, 16, WARNING, APPLICATION, 1, "%1")

/* Services, and the log's own beginning and end. */
#define EVENT_TABLE_SERVICES(X)                                                                    \
	X(SERVICES, 7000, ERROR, SYSTEM, 2,                                                        \
	  "The %1 service failed to start due to the following error: %n%2")                       \
	X(SERVICES, 7001, ERROR, SYSTEM, 3,                                                        \
	  "The %1 service depends on the %2 service which failed to start because of the "         \
	  "following error: %n%3")                                                                 \
	X(SERVICES, 7009, ERROR, SYSTEM, 2,                                                        \
	  "A timeout was reached (%1 milliseconds) while waiting for the %2 service to connect.")  \
	X(SERVICES, 7023, ERROR, SYSTEM, 2,                                                        \
	  "The %1 service terminated with the following error: %n%2")                              \
	X(SERVICES, 7031, ERROR, SYSTEM, 4,                                                        \
	  "The %1 service terminated unexpectedly.  It has done this %2 time(s).  The following "  \
	  "corrective action will be taken in %3 milliseconds: %4.")                               \
	X(SERVICES, 7034, ERROR, SYSTEM, 2,                                                        \
	  "The %1 service terminated unexpectedly.  It has done this %2 time(s).")                 \
	X(SERVICES, 7035, INFORMATION, SYSTEM, 2,                                                  \
	  "The %1 service was successfully sent a %2 control.")                                    \
	X(SERVICES, 7036, INFORMATION, SYSTEM, 2, "The %1 service entered the %2 state.")          \
	X(SERVICES, 7040, INFORMATION, SYSTEM, 3,                                                  \
	  "The start type of the %1 service was changed from %2 to %3.")                           \
	X(EVENTLOG, 6005, INFORMATION, SYSTEM, 0, "The Event log service was started.")            \
	X(EVENTLOG, 6006, INFORMATION, SYSTEM, 0, "The Event log service was stopped.")            \
	X(EVENTLOG, 6008, ERROR, SYSTEM, 2,                                                        \
	  "The previous system shutdown at %1 on %2 was unexpected.")

#define EVENT_TABLE(X)                                                                             \
	EVENT_TABLE_WAS(X)                                                                         \
	EVENT_TABLE_DCOM(X)                                                                        \
	EVENT_TABLE_WEB(X)                                                                         \
	EVENT_TABLE_SCRIPTS(X)                                                                     \
	EVENT_TABLE_SERVICES(X)

/* The whole table as data, and what one provider's GUID is ("": it has none of its own). */
const struct event_definition *event_at(size_t i); /* NULL after the last */
const char *event_provider_guid(const char *provider);
