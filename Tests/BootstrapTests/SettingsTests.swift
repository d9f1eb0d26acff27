import Bootstrap
import Foundation
import Testing

@Suite struct SettingsTests {
    @Test func defaultsNeedNothing() async throws {
        let settings = try await Settings(environment: [:])
        #expect(settings.port == 8080)
        #expect(settings.storage.location == ".clipyard/objects")
        #expect(settings.publicURL == "http://127.0.0.1:8080")
        #expect(settings.entries.allSatisfy { $0.isDefault })
    }

    @Test func homeAndPortMoveWhatFollowsFromThem() async throws {
        let settings = try await Settings(environment: ["CLIPYARD_HOME": "/srv/clips", "CLIPYARD_PORT": "9000"])
        #expect(settings.scratch == "/srv/clips/scratch")
        #expect(settings.publicURL == "http://127.0.0.1:9000")
    }

    @Test(arguments: [
        ("CLIPYARD_PORT", "abc"), ("CLIPYARD_PORT", "0"), ("CLIPYARD_PORT", "65536"), ("CLIPYARD_LOG_LEVEL", "loud"),
    ])
    func aWrongValueIsNamedWithWhatWasExpected(name: String, value: String) async throws {
        let error = await #expect(throws: SettingsError.self) { _ = try await Settings(environment: [name: value]) }
        let mistake = try #require(error?.mistakes.first)
        #expect(error?.mistakes.count == 1)
        #expect(mistake.contains(name) && mistake.contains("“\(value)”") && mistake.contains("must be"))
    }

    @Test(arguments: [("1", true), ("65535", true), ("65536", false)])
    func aLimitHoldsAtItsEdge(port: String, isAccepted: Bool) async {
        let settings = try? await Settings(environment: ["CLIPYARD_PORT": port])
        #expect((settings != nil) == isAccepted)
    }

    @Test(arguments: [
        ("CLIPYARD_GATEWAY_CONNECTIONS", "512", "511"), ("CLIPYARD_GATEWAY_CONNECTIONS_PER_ADDRESS", "0", "-1"),
        ("CLIPYARD_GATEWAY_CONNECTIONS_PER_ADDRESS", "65535", "65536"), ("CLIPYARD_HEAD_SECONDS", "3600", "3601"),
        ("CLIPYARD_BODY_SECONDS", "1", "0"), ("CLIPYARD_HSTS_SECONDS", "0", "315360001"),
        ("CLIPYARD_MEDIA_SHARED_SECONDS", "forever", "31536001"), ("CLIPYARD_LIST_SHARED_SECONDS", "0", "-1"),
        ("CLIPYARD_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::1", "10.0.0.1;"),
        ("CLIPYARD_TRUSTED_PROXIES", "::/0", "example.com"), ("CLIPYARD_CORS_ORIGINS", "none", "app.test"),
        ("CLIPYARD_CORS_ORIGINS", "https://app.test,http://localhost:3000", "https://app.test/\""),
    ])
    func settingsOfTheGatewayHaveTheirRange(name: String, good: String, bad: String) async {
        #expect((try? await Settings(environment: [name: good])) != nil, "\(good)")
        let error = await #expect(throws: SettingsError.self) { _ = try await Settings(environment: [name: bad]) }
        #expect(error?.mistakes.first?.contains(name) == true)
    }

    @Test(arguments: [
        ("CLIPYARD_ANONYMOUS_FORM_BYTES", "0", "-1"),
        ("CLIPYARD_ANONYMOUS_FORM_BYTES", "1099511627776", "1099511627777"),
        ("CLIPYARD_ANONYMOUS_FORMS_BYTES", "0", "-1"),
        ("CLIPYARD_ANONYMOUS_FORMS_BYTES", "1099511627776", "1099511627777"),
        ("CLIPYARD_ANONYMOUS_FORMS_PER_ADDRESS", "0", "-1"), ("CLIPYARD_ANONYMOUS_FORMS_PER_ADDRESS", "65535", "65536"),
        ("CLIPYARD_ANONYMOUS_FORMS", "0", "-1"), ("CLIPYARD_ANONYMOUS_FORMS", "65535", "65536"),
        ("CLIPYARD_ANONYMOUS_FORM_SECONDS", "1", "0"), ("CLIPYARD_ANONYMOUS_FORM_SECONDS", "3600", "3601"),
        ("CLIPYARD_BODY_MEMORY_BYTES", "1048576", "1048575"),
        ("CLIPYARD_BODY_MEMORY_BYTES", "1099511627776", "99999999999999999999"),
        ("CLIPYARD_WORKER_ADDRESS", "127.0.0.1:1", "127.0.0.1:0"),
        ("CLIPYARD_WORKER_ADDRESS", "0.0.0.0:65535", "0.0.0.0:65536"),
        ("CLIPYARD_WORKER_ADDRESS", "localhost:8090", ":8090"), ("CLIPYARD_WORKER_ADDRESS", "[::1]:8090", "localhost:"),
        ("CLIPYARD_WORKER_ADDRESS", "a:8090", "8090"),
    ])
    func settingsOfFormsAndOfTheWorkerHaveTheirRange(name: String, good: String, bad: String) async {
        #expect((try? await Settings(environment: [name: good])) != nil, "\(good)")
        let error = await #expect(throws: SettingsError.self) { _ = try await Settings(environment: [name: bad]) }
        #expect(error?.mistakes.count == 1 && error?.mistakes.first?.contains(name) == true)
    }

    @Test func theLimitsOfFormsAreWhatIsSet() async throws {
        let forms = try await Settings(environment: [
            "CLIPYARD_ANONYMOUS_FORM_BYTES": "1", "CLIPYARD_ANONYMOUS_FORMS_BYTES": "2",
            "CLIPYARD_ANONYMOUS_FORMS_PER_ADDRESS": "3", "CLIPYARD_ANONYMOUS_FORMS": "4",
            "CLIPYARD_ANONYMOUS_FORM_SECONDS": "5", "CLIPYARD_BODY_MEMORY_BYTES": "6000000",
        ]).api.anonymousForms
        #expect((forms.bytesPerForm, forms.bytesInAll, forms.perAddress) == (1, 2, 3))
        #expect((forms.inAll, forms.seconds, forms.bodyMemoryBytes) == (4, 5, 6_000_000))
        let usual = try await Settings(environment: [:]).api.anonymousForms
        #expect((usual.bytesPerForm, usual.bytesInAll, usual.perAddress) == (64 << 20, 256 << 20, 4))
        #expect((usual.inAll, usual.seconds, usual.bodyMemoryBytes) == (64, 120, 32 << 20))
    }

    @Test func whereNotificationsComeFromIsNeverShown() async throws {
        let settings = try await Settings(environment: ["CLIPYARD_LISTEN_URL": "postgresql://ada:hunter2@db/clipyard"])
        #expect(settings.listenURL?.revealed == "postgresql://ada:hunter2@db/clipyard")
        #expect(!"\(settings) \(settings.entries)".contains("hunter2"))
        #expect(try await Settings(environment: [:]).listenURL == nil)
    }

    @Test func theAddressOfThePurgeHookIsNeverShown() async throws {
        let hook = "https://cdn.test/purge?key=hidden"
        let settings = try await Settings(environment: ["CLIPYARD_PURGE_URL": hook])
        #expect(settings.gateway.purgeURL?.revealed == hook)
        #expect(settings.entries.allSatisfy { !$0.value.contains("hidden") })
        let error = await #expect(throws: SettingsError.self) {
            _ = try await Settings(environment: ["CLIPYARD_PURGE_URL": "ftp://hidden"])
        }
        #expect(error?.description.contains("hidden") == false)
    }

    @Test(arguments: [1, 2, 1000]) func slotsShareTheCores(slots: Int) async throws {
        let settings = try await Settings(environment: ["CLIPYARD_TRANSCODE_SLOTS": "\(slots)"])
        #expect(settings.transcodeCores == max(1, ProcessInfo.processInfo.activeProcessorCount / slots))
    }

    @Test(arguments: [("0", false), ("1", true), ("1000", true), ("1001", false)])
    func anEncodeHasACoreOrMore(cores: String, isAccepted: Bool) async {
        let settings = try? await Settings(environment: ["CLIPYARD_TRANSCODE_CORES": cores])
        #expect((settings != nil) == isAccepted && (settings == nil || settings?.transcodeCores == Int(cores)))
    }

    @Test func allMistakesAreToldAtOnceMisspeltNamesIncluded() async {
        let environment = ["CLIPYARD_PORT": "x", "CLIPYARD_LEASE_SECONDS": "0", "CLIPYARD_HOEM": "/srv"]
        let error = await #expect(throws: SettingsError.self) { _ = try await Settings(environment: environment) }
        #expect(error?.mistakes.count == 3)
    }

    @Test func theEnvironmentWinsOverTheFile() async throws {
        let file = NSTemporaryDirectory() + "clipyard-\(UUID().uuidString).env"
        try "CLIPYARD_PORT=7000\nCLIPYARD_HOST=0.0.0.0\n".write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let settings = try await Settings(environment: ["CLIPYARD_CONFIG": file, "CLIPYARD_PORT": "7001"])
        #expect(settings.port == 7001)
        #expect(settings.host == "0.0.0.0")
    }

    @Test func aSecretIsNeverShown() async throws {
        let secret = "postgresql://ada:hunter2@db/clipyard"
        let settings = try await Settings(environment: ["CLIPYARD_DATABASE_URL": secret])
        #expect(try settings.requireDatabaseURL().revealed == secret)
        #expect(!"\(settings)".contains("hunter2"))
        #expect(!settings.entries.contains { $0.value.contains("hunter2") })
    }

    @Test func aBucketIsDescribedWithoutItsSecrets() async throws {
        let settings = try await Settings(environment: [
            "CLIPYARD_STORAGE": "s3://clips/media", "CLIPYARD_STORAGE_ENDPOINT": "http://127.0.0.1:8333",
            "CLIPYARD_STORAGE_ACCESS_KEY": "AKID", "CLIPYARD_STORAGE_SECRET_KEY": "hunter2",
            "CLIPYARD_STORAGE_SESSION_TOKEN": "token3", "CLIPYARD_STORAGE_PATH_STYLE": "yes",
            "CLIPYARD_STORAGE_SIGNATURE": "v1", "CLIPYARD_STORAGE_ATTEMPTS": "100",
            "CLIPYARD_STORAGE_CA_FILE": "/etc/ssl/own.pem",
        ])
        #expect(settings.storage.certificateAuthorities == "/etc/ssl/own.pem")
        #expect(settings.storage.isPathStyle && settings.storage.signature == .v1)
        #expect(settings.storage.secretKey?.revealed == "hunter2" && settings.storage.attempts == 100)
        let shown = "\(settings) \(settings.entries)"
        for secret in ["AKID", "hunter2", "token3"] { #expect(!shown.contains(secret)) }
    }

    @Test(arguments: [
        ["CLIPYARD_STORAGE_ACCESS_KEY": "a"], ["CLIPYARD_STORAGE_PATH_STYLE": "maybe"],
        ["CLIPYARD_STORAGE_SIGNATURE": "v2"], ["CLIPYARD_STORAGE_ATTEMPTS": "0"],
        ["CLIPYARD_STORAGE_ATTEMPTS": "101"], ["CLIPYARD_STORAGE_STALLED_SECONDS": "0"],
        ["CLIPYARD_STORAGE_STALLED_SECONDS": "3601"], ["CLIPYARD_STORAGE_CONNECT_SECONDS": "0"],
        ["CLIPYARD_STORAGE_TOTAL_SECONDS": "-1"], ["CLIPYARD_STORAGE_TOTAL_SECONDS": "86401"],
    ])
    func wrongStorageSettingsAreNamed(environment: [String: String]) async {
        let error = await #expect(throws: SettingsError.self) { _ = try await Settings(environment: environment) }
        #expect(error?.mistakes.count == 1)
    }

    @Test func aShortTokenSecretIsRefused() async throws {
        let settings = try await Settings(environment: ["CLIPYARD_TOKEN_SECRET": "password"])
        let error = #expect(throws: SettingsError.self) { _ = try settings.requireTokenSecret() }
        #expect(error?.description.contains("at least 32 characters") == true)
    }

    @Test(arguments: [
        ("CLIPYARD_REPEAT_SECONDS", ["0", "86400"], ["-1", "86401"]),
        ("CLIPYARD_UPLOAD_MAX_BYTES", ["1", "1099511627776"], ["0", "1099511627777"]),
        ("CLIPYARD_UPLOAD_LIFETIME_SECONDS", ["1", "2592000"], ["0", "2592001"]),
        ("CLIPYARD_UPLOAD_BYTES_PER_DAY", ["0", "1125899906842624"], ["-1", "1125899906842625"]),
        ("CLIPYARD_UPLOAD_VIDEOS_PER_HOUR", ["0", "1000000"], ["-1", "1000001"]),
        ("CLIPYARD_UPLOADS_AT_ONCE", ["0", "1000000"], ["-1", "1000001"]),
        ("CLIPYARD_UPLOAD_DEDUPE", ["yes", "no"], ["maybe"]),
        ("CLIPYARD_KEEP_UNFINISHED_DAYS", ["1", "365"], ["0", "366"]),
    ])
    func settingsOfUploadsHaveTheirRange(name: String, good: [String], bad: [String]) async throws {
        for value in good {
            let settings = try await Settings(environment: [name: value])
            #expect(settings.entries.contains { $0.name == name && $0.value == value }, "\(value)")
        }
        for value in bad + ["9223372036854775808", "1e3", "x"] {
            let error = await #expect(throws: SettingsError.self) { _ = try await Settings(environment: [name: value]) }
            #expect(error?.mistakes.count == 1 && error?.mistakes.first?.contains(name) == true, "\(value)")
        }
    }

    @Test(arguments: [
        ("CLIPYARD_KEEP_SOURCES_DAYS", "0", true), ("CLIPYARD_KEEP_SOURCES_DAYS", "3650", true),
        ("CLIPYARD_KEEP_SOURCES_DAYS", "3651", false), ("CLIPYARD_KEEP_SOURCES_DAYS", "forever", true),
        ("CLIPYARD_KEEP_SOURCES_DAYS", "ever", false), ("CLIPYARD_PRIVATE_LINK_SECONDS", "60", true),
        ("CLIPYARD_PRIVATE_LINK_SECONDS", "59", false), ("CLIPYARD_GATEWAY_CACHE_MIB", "15", false),
        ("CLIPYARD_GATEWAY_CACHE_SECONDS", "0", false), ("CLIPYARD_GATEWAY_ACCESS_SECONDS", "86401", false),
        ("CLIPYARD_GATEWAY_STATUS", "127.0.0.1:8081", true), ("CLIPYARD_GATEWAY_STATUS", "0.0.0.0:8081", false),
        ("CLIPYARD_MEDIA_SECRET", String(repeating: "a", count: 32), true),
        ("CLIPYARD_MEDIA_SECRET", String(repeating: "a", count: 31), false),
        ("CLIPYARD_MEDIA_SECRET", String(repeating: "a", count: 32) + "\"", false),
    ])
    func whatTheEndOfAVideoAndTheGatewayAreToldIsChecked(name: String, value: String, isAccepted: Bool) async {
        let settings = try? await Settings(environment: [name: value])
        #expect((settings != nil) == isAccepted)
    }

    @Test func aCertificateAndItsKeyBelongTogetherAndMakeAddressesHTTPS() async throws {
        let both = ["CLIPYARD_TLS_CERTIFICATE": "c.pem", "CLIPYARD_TLS_KEY": "k.pem"]
        #expect(try await Settings(environment: both).publicURL == "https://127.0.0.1:8080")
        for name in both.keys {
            let error = await #expect(throws: SettingsError.self) {
                _ = try await Settings(environment: both.filter { $0.key == name })
            }
            #expect(error?.mistakes.count == 1 && error?.description.contains("belong together") == true)
        }
    }
}
