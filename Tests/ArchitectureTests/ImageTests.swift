import Foundation
import Testing

/// The images of `docker/Dockerfile` install the libraries that the programs in them load.
@Suite struct ImageTests {
    /// Of every Debian image.
    private static let base: Set = ["libc6", "libgcc-s1", "libstdc++6"]

    @Test(arguments: [("clipyard", "serve"), ("clipyard-media", "worker")])
    func anImageInstallsWhatItsProgramLoads(program: String, stage: String) throws {
        let packages = try Self.packages(of: stage)
        #expect(try Self.missing(of: program, among: packages) == [])
        // Without any package nothing but the system's own libraries would be found.
        #expect(try Self.missing(of: program, among: []).contains { $0.hasPrefix("libpq5") || $0.hasPrefix("libav") })
    }

    /// The packages with a library that a program loads itself and that are not installed.
    private static func missing(of program: String, among packages: Set<String>) throws -> [String] {
        let installed = try packages.reduce(into: base) { try addWithDependencies($1, to: &$0) }
        return try libraries(of: program).compactMap { library in
            let owner = try run(["dpkg-query", "-S", "*-linux-gnu/\(library)"]).split(separator: ":").first
            let package = owner.map(String.init) ?? "no package"
            return installed.contains(package) ? nil : "\(package) with \(library)"
        }
    }

    /// What a program names as needed, for example `libpq.so.5`; in the images the runtime of Swift is in the program.
    private static func libraries(of program: String) throws -> [String] {
        let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let dynamic = try run(["readelf", "-d", folder.appending(path: program).path])
        let libraries = dynamic.matches(of: /\(NEEDED\).*\[(.+)\]/).map { String($0.1) }
        try #require(libraries.contains("libc.so.6"), "\(dynamic)")
        return libraries.filter {
            $0.wholeMatch(of: /(lib(swift|_?Foundation|dispatch|BlocksRuntime)|ld-linux).*/) == nil
        }
    }

    private static func addWithDependencies(_ package: String, to packages: inout Set<String>) throws {
        guard packages.insert(package).inserted else { return }
        let list = try run(["dpkg-query", "-W", "-f", "${Depends}", package])
        for name in list.split(separator: ",").compactMap({ $0.firstMatch(of: /[a-z0-9][a-z0-9.+-]+/)?.output }) {
            try addWithDependencies(String(name), to: &packages)
        }
    }

    /// What the stages of the Dockerfile install, from the first to this one.
    private static func packages(of stage: String) throws -> Set<String> {
        let file = try String(contentsOf: Checkout.root.appending(path: "docker/Dockerfile"), encoding: .utf8)
            .replacing("\\\n", with: " ")
        var installed: [String: Set<String>] = [:]
        var current = ""
        for line in file.split(separator: "\n") {
            if let from = line.firstMatch(of: /^FROM (\S+) AS (\S+)/) {
                current = String(from.2)
                installed[current] = installed[String(from.1)] ?? []
            } else if let list = line.firstMatch(of: /install -y --no-install-recommends([^&]+)/) {
                installed[current]?.formUnion(list.1.split(separator: " ").map(String.init))
            }
        }
        return try #require(installed[stage])
    }

    /// What a program prints; nothing if it fails.
    private static func run(_ words: [String]) throws -> String {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? output : ""
    }
}
