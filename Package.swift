// swift-tools-version: 6.2
import PackageDescription

/// Applied to every target.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // An import is internal unless written `public import`, so a C type that
    // leaks into a public signature does not compile.
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Applied to every target except those that wrap a C library: elsewhere,
/// using a pointer without writing `unsafe` does not compile.
let safe: [SwiftSetting] =
    house + [
        .strictMemorySafety(),
        .treatWarning("StrictMemorySafety", as: .error),
    ]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let jwt = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "clipyard",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "clipyard", targets: ["clipyard"]),
        .executable(name: "clipyard-media", targets: ["clipyard-media"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // C libraries
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CFFmpeg",
            pkgConfig: "libavformat",
            providers: [
                .apt([
                    "libavformat-dev", "libavcodec-dev", "libavfilter-dev", "libavutil-dev", "libswscale-dev",
                    "libswresample-dev",
                ])
            ]
        ),
        .systemLibrary(name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        // Their wrappers: the only code that holds pointers
        .target(name: "Postgres", dependencies: ["CLibPQ", logging], swiftSettings: house),
        .target(name: "FFmpeg", dependencies: ["CFFmpeg"], swiftSettings: house),
        .target(name: "Argon2", dependencies: ["CArgon2"], swiftSettings: house),
        .target(
            name: "ObjectStorage",
            dependencies: ["CLibCurl", "CLinux", crypto, nioCore, nioPosix],
            swiftSettings: house
        ),
        .target(name: "Privileges", dependencies: ["CLinux"], swiftSettings: house),
        .target(name: "Sandbox", dependencies: ["CLinux", "CSeccomp"], swiftSettings: house),
        // What the product is
        .target(name: "Domain", swiftSettings: safe),
        .target(name: "MediaTasks", dependencies: ["Domain"], swiftSettings: safe),
        // What it can do
        .target(name: "Jobs", dependencies: ["Postgres", logging], swiftSettings: safe),
        .target(name: "Database", dependencies: ["Domain", "Jobs", "Postgres", logging], swiftSettings: safe),
        .target(name: "Media", dependencies: ["Domain", "FFmpeg", yams], swiftSettings: safe),
        .target(name: "Feed", dependencies: ["Database", "Domain"], swiftSettings: safe),
        .target(name: "Moderation", dependencies: [logging], swiftSettings: safe),
        // How it is reached
        .target(
            name: "API",
            dependencies: [
                "Argon2", "Database", "Domain", "Feed", "Jobs", "Moderation", "ObjectStorage", crypto, httpTypes,
                hummingbird, hummingbirdCore, jwt, logging, nioCore, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1,
                nioPosix,
                serviceLifecycle,
            ],
            swiftSettings: safe
        ),
        .target(
            name: "Processing",
            dependencies: [
                "Database", "Domain", "Jobs", "MediaTasks", "ObjectStorage", crypto, logging, nioCore, subprocess,
                systemPackage,
            ],
            swiftSettings: safe
        ),
        // The programs
        .target(
            name: "Bootstrap",
            dependencies: ["MediaTasks", configuration, logging, systemPackage],
            swiftSettings: safe
        ),
        .executableTarget(
            name: "clipyard",
            dependencies: [
                "API", "Argon2", "Bootstrap", "CLinux", "Database", "Domain", "Feed", "Jobs", "Moderation",
                "ObjectStorage", "Postgres", "Privileges", "Processing", argumentParser, crypto, hummingbird, logging,
                nioCore,
                nioPosix,
                serviceLifecycle,
                subprocess, systemPackage,
                unixSignals,
            ],
            swiftSettings: safe
        ),
        .executableTarget(
            name: "clipyard-media",
            dependencies: ["CLinux", "Domain", "Media", "MediaTasks", "Sandbox", argumentParser],
            swiftSettings: safe
        ),
        // Tests
        .target(
            name: "TestSupport",
            dependencies: ["Postgres", logging],
            path: "Tests/TestSupport",
            swiftSettings: house
        ),
        .testTarget(name: "ArchitectureTests", dependencies: ["clipyard", "clipyard-media"], swiftSettings: safe),
        .testTarget(name: "BootstrapTests", dependencies: ["Bootstrap"], swiftSettings: safe),
        .testTarget(name: "DomainTests", dependencies: ["Domain", "TestSupport"], swiftSettings: safe),
        .testTarget(name: "FFmpegTests", dependencies: ["FFmpeg", "TestSupport"], swiftSettings: safe),
        .testTarget(
            name: "MediaTests",
            dependencies: ["Domain", "FFmpeg", "Media", "TestSupport"],
            swiftSettings: safe
        ),
        .testTarget(
            name: "MediaProgramTests",
            dependencies: ["Domain", "MediaTasks", "TestSupport", "clipyard-media", "sandbox-probe"],
            swiftSettings: safe
        ),
        .target(name: "CSandboxProbe", path: "Tests/CSandboxProbe"),
        .executableTarget(
            name: "sandbox-probe",
            dependencies: ["CSandboxProbe", "Sandbox"],
            path: "Tests/SandboxProbe",
            swiftSettings: house
        ),
        .testTarget(name: "PrivilegesTests", dependencies: ["Privileges", "TestSupport"], swiftSettings: house),
        .testTarget(
            name: "SandboxTests",
            dependencies: ["TestSupport", "sandbox-probe"],
            swiftSettings: house
        ),
        .testTarget(name: "MediaTasksTests", dependencies: ["Domain", "MediaTasks"], swiftSettings: safe),
        .executableTarget(
            name: "job-test-worker",
            dependencies: ["Jobs", "Postgres", logging],
            path: "Tests/JobTestWorker",
            swiftSettings: safe
        ),
        .testTarget(
            name: "JobsTests",
            dependencies: ["Jobs", "Postgres", "TestSupport", "job-test-worker", logging],
            swiftSettings: safe
        ),
        .testTarget(
            name: "PostgresTests",
            dependencies: ["Postgres", "TestSupport", logging],
            swiftSettings: house
        ),
        .testTarget(name: "Argon2Tests", dependencies: ["Argon2"], swiftSettings: safe),
        .testTarget(
            name: "ObjectStorageTests",
            dependencies: ["ObjectStorage", "TestSupport", crypto, nioCore, nioPosix],
            exclude: ["OSS/oss-vectors.json", "Support/oss"],
            swiftSettings: house
        ),
        .executableTarget(
            name: "processing-test-worker",
            dependencies: ["Database", "Jobs", "ObjectStorage", "Postgres", "Processing", logging, nioCore],
            path: "Tests/ProcessingTestWorker",
            swiftSettings: safe
        ),
        .testTarget(
            name: "ProcessingTests",
            dependencies: [
                "Database", "Domain", "Jobs", "MediaTasks", "ObjectStorage", "Postgres", "Processing", "TestSupport",
                "processing-test-worker", crypto, logging, nioCore,
            ],
            swiftSettings: safe
        ),
        // The programs as a user starts them
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["API", "Postgres", "TestSupport", "clipyard", "clipyard-media", "sandbox-probe", crypto],
            swiftSettings: house
        ),
        .testTarget(
            name: "APITests",
            dependencies: [
                "API", "Argon2", "Database", "Domain", "Jobs", "Moderation", "ObjectStorage", "Postgres", "TestSupport",
                crypto, httpTypes, hummingbird, hummingbirdTesting, jwt, logging, nioCore, nioPosix,
            ],
            swiftSettings: safe
        ),
        .testTarget(
            name: "DatabaseTests",
            dependencies: ["Database", "Domain", "Jobs", "Postgres", "TestSupport"],
            swiftSettings: safe
        ),
        .testTarget(
            name: "FeedTests",
            dependencies: ["Database", "Domain", "Feed", "Jobs", "Postgres", "TestSupport"],
            swiftSettings: safe
        ),
        .testTarget(name: "ModerationTests", dependencies: ["Moderation", logging], swiftSettings: safe),
        // Benchmarks that need a program
        .executableTarget(
            name: "moderation-benchmark",
            dependencies: ["Moderation"],
            path: "bench/ModerationBenchmark",
            swiftSettings: safe
        ),
        .executableTarget(
            name: "storage-benchmark",
            dependencies: ["ObjectStorage", nioCore],
            path: "bench/StorageBenchmark",
            swiftSettings: safe
        ),
    ]
)

// `scripts/fuzz` builds the parsers alone, with the instructions that tell libFuzzer where an input went; see Tests/Fuzz.
if Context.environment["CLIPYARD_FUZZ"] != nil {
    let instrumented: [SwiftSetting] = house + [.unsafeFlags(["-sanitize=fuzzer", "-enable-testing"])]
    let wrappers = ["CFFmpeg", "FFmpeg"]
    package.products = []
    package.targets = package.targets.filter { wrappers.contains($0.name) }
    package.targets += [
        .target(name: "Domain", swiftSettings: instrumented),
        .target(name: "MediaTasks", dependencies: ["Domain"], swiftSettings: instrumented),
        .target(name: "Media", dependencies: ["Domain", "FFmpeg", yams], swiftSettings: instrumented),
        .target(
            name: "RequestParsers",
            dependencies: ["Domain", nioCore],
            path: ".",
            sources: [
                "Sources/API/Douyin/FormCoding.swift", "Sources/API/Douyin/LenientInteger.swift",
                "Sources/API/Limits/ClientAddress.swift", "Sources/API/Limits/RateLimit.swift",
                "Sources/API/Media/ByteRange.swift", "Sources/API/Uploads/DelimiterSearch.swift",
                "Sources/API/Uploads/HeaderParameters.swift", "Sources/API/Uploads/MultipartError.swift",
                "Sources/API/Uploads/MultipartParser.swift", "Sources/API/Uploads/PartHeader.swift",
                "Sources/API/Uploads/PercentCoding.swift", "Sources/API/Uploads/Protocols/TusMetadata.swift",
                "Sources/Bootstrap/ListenAddress.swift", "Sources/Bootstrap/Rate.swift",
                "Tests/Fuzz/Requests/APIError.swift",
            ],
            swiftSettings: instrumented
        ),
        .target(
            name: "StoreParsers",
            path: "Sources/ObjectStorage/Remote",
            sources: ["StorageTime.swift", "XMLElement.swift"],
            swiftSettings: instrumented
        ),
        .target(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(
            name: "fuzz",
            dependencies: ["CFuzzer", "Domain", "Media", "MediaTasks", "RequestParsers", "StoreParsers", nioCore],
            path: "Tests/Fuzz/Driver",
            swiftSettings: house
        ),
    ]
}
