/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What metabase properties are in the configuration. Ids are those of IIScnfg.h of the Windows SDK,
 * user types 1 server, 2 file, 100 WAM, 101 ASP.
 *
 *   N  X(id, name, place, user type, path, unit)   a number: bool, enum, flags, integers; a time in
 * `unit` seconds T  X(id, name, place, user type, path, secret) a text B  X(id, name, place, user
 * type, path, mask)   a part of a number: these bits L  X(id, name, place, user type, path, form,
 * filter, join) a list: an entry for each string, `form` says how, with
 *                                          "%attribute%", or "@code" of metabase_lists.c; only
 * those of protocol `filter`; `join`: one string with this between, else MULTISZ
 *
 * `place`: SITE, POOL, APP, VDIR are elements of that key; FILE is a section that holds there
 * ("section:path").
 */
#pragma once

/* clang-format off */
#define METABASE_TABLE(N, T, B, L) \
	T(1015, "ServerComment", SITE, 1, "name", false) \
	N(1017, "ServerAutoStart", SITE, 1, "serverAutoStart", 1) \
	N(1013, "ConnectionTimeout", SITE, 1, "limits/connectionTimeout", 1) \
	N(1014, "MaxConnections", SITE, 1, "limits/maxConnections", 1) \
	N(1000, "MaxBandwidth", SITE, 1, "limits/maxBandwidth", 1) \
	L(1023, "ServerBindings", SITE, 1, "bindings", "%bindingInformation%", "http", "") \
	L(2021, "SecureBindings", SITE, 1, "bindings", "%bindingInformation%", "https", "") \
	T(4001, "LogFileDirectory", SITE, 1, "logFile/directory", false) \
	N(4003, "LogFilePeriod", SITE, 1, "logFile/period", 1) \
	N(4004, "LogFileTruncateSize", SITE, 1, "logFile/truncateSize", 1) \
	N(4013, "LogExtFileFlags", SITE, 1, "logFile/logExtFileFlags", 1) \
	N(4015, "LogFileLocaltimeRollover", SITE, 1, "logFile/localTimeRollover", 1) \
	N(9001, "PeriodicRestartTime", POOL, 1, "recycling/periodicRestart/time", 60) \
	N(9002, "PeriodicRestartRequests", POOL, 1, "recycling/periodicRestart/requests", 1) \
	N(9003, "MaxProcesses", POOL, 1, "processModel/maxProcesses", 1) \
	N(9004, "PingingEnabled", POOL, 1, "processModel/pingingEnabled", 1) \
	N(9005, "IdleTimeout", POOL, 1, "processModel/idleTimeout", 60) \
	N(9006, "RapidFailProtection", POOL, 1, "failure/rapidFailProtection", 1) \
	N(9007, "SMPAffinitized", POOL, 1, "cpu/smpAffinitized", 1) \
	N(9008, "SMPProcessorAffinityMask", POOL, 1, "cpu/smpProcessorAffinityMask", 1) \
	N(9009, "OrphanWorkerProcess", POOL, 1, "failure/orphanWorkerProcess", 1) \
	N(9011, "StartupTimeLimit", POOL, 1, "processModel/startupTimeLimit", 1) \
	N(9012, "ShutdownTimeLimit", POOL, 1, "processModel/shutdownTimeLimit", 1) \
	N(9013, "PingInterval", POOL, 1, "processModel/pingInterval", 1) \
	N(9014, "PingResponseTime", POOL, 1, "processModel/pingResponseTime", 1) \
	N(9015, "DisallowOverlappingRotation", POOL, 1, "recycling/disallowOverlappingRotation", 1) \
	N(9017, "AppPoolQueueLength", POOL, 1, "queueLength", 1) \
	N(9018, "DisallowRotationOnConfigChange", POOL, 1, "recycling/disallowRotationOnConfigChange", 1) \
	N(9021, "AppPoolIdentityType", POOL, 1, "processModel/identityType", 1) \
	N(9022, "CPUAction", POOL, 1, "cpu/action", 1) \
	N(9023, "CPULimit", POOL, 1, "cpu/limit", 1) \
	N(9024, "PeriodicRestartMemory", POOL, 1, "recycling/periodicRestart/memory", 1) \
	N(9028, "AppPoolAutoStart", POOL, 1, "autoStart", 1) \
	N(9029, "RapidFailProtectionInterval", POOL, 1, "failure/rapidFailProtectionInterval", 60) \
	N(9030, "RapidFailProtectionMaxCrashes", POOL, 1, "failure/rapidFailProtectionMaxCrashes", 1) \
	T(9031, "OrphanActionExe", POOL, 1, "failure/orphanActionExe", false) \
	T(9032, "OrphanActionParams", POOL, 1, "failure/orphanActionParams", false) \
	N(9034, "LoadBalancerCapabilities", POOL, 1, "failure/loadBalancerCapabilities", 1) \
	N(9037, "LogEventOnRecycle", POOL, 1, "recycling/logEventOnRecycle", 1) \
	N(9038, "PeriodicRestartPrivateMemory", POOL, 1, "recycling/periodicRestart/privateMemory", 1) \
	T(9039, "ManagedRuntimeVersion", POOL, 1, "managedRuntimeVersion", false) \
	N(9041, "ManagedPipelineMode", POOL, 1, "managedPipelineMode", 1) \
	T(7501, "WAMUserName", POOL, 2, "processModel/userName", false) \
	T(7502, "WAMUserPass", POOL, 2, "processModel/password", true) \
	T(9101, "AppPoolId", APP, 2, "applicationPool", false) \
	T(3001, "Path", VDIR, 2, "physicalPath", false) \
	T(3002, "UNCUserName", VDIR, 2, "userName", false) \
	T(3003, "UNCPassword", VDIR, 2, "password", true) \
	B(6000, "AuthFlags", FILE, 2, "system.webServer/security/authentication/anonymousAuthentication:enabled", 0x1u) \
	B(6000, "AuthFlags", FILE, 2, "system.webServer/security/authentication/basicAuthentication:enabled", 0x2u) \
	B(6000, "AuthFlags", FILE, 2, "system.webServer/security/authentication/windowsAuthentication:enabled", 0x4u) \
	B(6000, "AuthFlags", FILE, 2, "system.webServer/security/authentication/digestAuthentication:enabled", 0x10u) \
	L(6004, "HttpCustomHeaders", FILE, 2, "system.webServer/httpProtocol:customHeaders", "%name%: %value%", "", "") \
	B(6005, "DirBrowseFlags", FILE, 2, "system.webServer/directoryBrowse:enabled", 0x80000000u) \
	B(6005, "DirBrowseFlags", FILE, 2, "system.webServer/directoryBrowse:showFlags", 0x3Eu) \
	B(6005, "DirBrowseFlags", FILE, 2, "system.webServer/defaultDocument:enabled", 0x40000000u) \
	L(6006, "DefaultDoc", FILE, 2, "system.webServer/defaultDocument:files", "%value%", "", ",") \
	T(6012, "DefaultLogonDomain", FILE, 2, "system.webServer/security/authentication/basicAuthentication:defaultLogonDomain", false) \
	L(6008, "HttpErrors", FILE, 2, "system.webServer/httpErrors:", "@error", "", "") \
	L(6014, "ScriptMaps", FILE, 2, "system.webServer/handlers:", "@script", "", "") \
	L(6015, "MimeMap", FILE, 2, "system.webServer/staticContent:", "%fileExtension%,%mimeType%", "", "") \
	N(6016, "AccessFlags", FILE, 2, "system.webServer/handlers:accessPolicy", 1) \
	T(6020, "AnonymousUserName", FILE, 2, "system.webServer/security/authentication/anonymousAuthentication:userName", false) \
	T(6021, "AnonymousUserPass", FILE, 2, "system.webServer/security/authentication/anonymousAuthentication:password", true) \
	N(6023, "DontLog", FILE, 2, "system.webServer/httpLogging:dontLog", 1) \
	N(6028, "SSIExecDisable", FILE, 2, "system.webServer/serverSideInclude:ssiExecDisable", 1) \
	N(6030, "AccessSSLFlags", FILE, 2, "system.webServer/security/access:sslFlags", 1) \
	N(6033, "CGITimeout", FILE, 2, "system.webServer/cgi:timeout", 1) \
	N(6038, "AllowKeepAlive", FILE, 2, "system.webServer/httpProtocol:allowKeepAlive", 1) \
	N(6045, "UploadReadAheadSize", FILE, 2, "system.webServer/serverRuntime:uploadReadAheadSize", 1) \
	N(7000, "AspBufferingOn", FILE, 101, "system.webServer/asp:bufferingOn", 1) \
	N(7001, "AspLogErrorRequests", FILE, 100, "system.webServer/asp:logErrorRequests", 1) \
	N(7002, "AspScriptErrorSentToBrowser", FILE, 101, "system.webServer/asp:scriptErrorSentToBrowser", 1) \
	T(7003, "AspScriptErrorMessage", FILE, 101, "system.webServer/asp:scriptErrorMessage", false) \
	N(7004, "AspScriptFileCacheSize", FILE, 100, "system.webServer/asp:cache/scriptFileCacheSize", 1) \
	N(7005, "AspScriptEngineCacheMax", FILE, 100, "system.webServer/asp:cache/scriptEngineCacheMax", 1) \
	N(7006, "AspScriptTimeout", FILE, 101, "system.webServer/asp:limits/scriptTimeout", 1) \
	N(7007, "AspSessionTimeout", FILE, 101, "system.webServer/asp:session/timeout", 60) \
	N(7008, "AspEnableParentPaths", FILE, 101, "system.webServer/asp:enableParentPaths", 1) \
	N(7011, "AspAllowSessionState", FILE, 101, "system.webServer/asp:session/allowSessionState", 1) \
	T(7012, "AspScriptLanguage", FILE, 101, "system.webServer/asp:scriptLanguage", false) \
	N(7013, "AspQueueTimeout", FILE, 101, "system.webServer/asp:limits/queueTimeout", 1) \
	N(7015, "AspExceptionCatchEnable", FILE, 100, "system.webServer/asp:exceptionCatchEnable", 1) \
	N(7016, "AspCodepage", FILE, 101, "system.webServer/asp:codePage", 1) \
	N(7018, "AppAllowDebugging", FILE, 101, "system.webServer/asp:appAllowDebugging", 1) \
	N(7019, "AppAllowClientDebug", FILE, 101, "system.webServer/asp:appAllowClientDebug", 1) \
	N(7024, "AspErrorsToNTLog", FILE, 100, "system.webServer/asp:errorsToNTLog", 1) \
	N(7025, "AspProcessorThreadMax", FILE, 100, "system.webServer/asp:limits/processorThreadMax", 1) \
	N(7026, "AspRequestQueueMax", FILE, 101, "system.webServer/asp:limits/requestQueueMax", 1) \
	N(7029, "AspSessionMax", FILE, 101, "system.webServer/asp:session/max", 1) \
	N(7042, "AspLCID", FILE, 101, "system.webServer/asp:lcid", 1) \
	N(7043, "AspKeepSessionIDSecure", FILE, 101, "system.webServer/asp:session/keepSessionIdSecure", 1) \
	N(7050, "AspCalcLineNumber", FILE, 101, "system.webServer/asp:calcLineNumber", 1) \
	N(7051, "AspRunOnEndAnonymously", FILE, 101, "system.webServer/asp:runOnEndAnonymously", 1) \
	N(7052, "AspBufferingLimit", FILE, 101, "system.webServer/asp:limits/bufferingLimit", 1) \
	N(7053, "AspMaxRequestEntityAllowed", FILE, 101, "system.webServer/asp:limits/maxRequestEntityAllowed", 1)

/* What only a server that runs knows, or does; numbers, user type 1. X(id, name, place, what). */
#define METABASE_STATE_TABLE(X) \
	X(1012, "ServerCommand", SITE, COMMAND) \
	X(1016, "ServerState", SITE, STATE) \
	X(1099, "Win32Error", SITE, ERROR) \
	X(9026, "AppPoolCommand", POOL, COMMAND) \
	X(9027, "AppPoolState", POOL, STATE)

/* What has a name but no place in the configuration, or one that is not at all of its keys: kept in
 * customMetadata there. X(id, name, type, user type, attributes). */
#define METABASE_CUSTOM_TABLE(X) \
	X(1002, "KeyType", METABASE_STRING, 1, 0) \
	X(2102, "AppFriendlyName", METABASE_STRING, 100, METABASE_INHERIT) \
	X(2103, "AppRoot", METABASE_STRING, 2, METABASE_INHERIT) \
	X(2104, "AppIsolated", METABASE_DWORD, 100, METABASE_INHERIT) \
	X(2106, "AppPackageID", METABASE_STRING, 100, METABASE_INHERIT) \
	X(2107, "AppPackageName", METABASE_STRING, 100, METABASE_INHERIT) \
	X(7501, "WAMUserName", METABASE_STRING, 2, METABASE_INHERIT) \
	X(7502, "WAMUserPass", METABASE_STRING, 2, METABASE_INHERIT | METABASE_SECURE)
/* clang-format on */
