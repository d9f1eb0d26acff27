import Foundation
import Testing

/// A decoder's bug must reach neither the API nor the worker that holds the keys: they load no decoder.
@Suite struct LinkTests {
    private static func libraries(of program: String) throws -> Set<String> {
        // The programs are built beside the tests.
        let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["ldd", folder.appending(path: program).path]
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "ldd \(program): \(output)")
        return Set(output.matches(of: /lib(\w+)\.so/).map { String($0.1) })
    }

    private static let codecs: Set = ["avformat", "avcodec", "avfilter", "avutil", "swscale", "swresample", "x264"]

    @Test func theServerLoadsNoCodec() throws {
        let libraries = try Self.libraries(of: "clipyard")
        #expect(libraries.contains("pq"), "the list is that of another program: \(libraries.sorted())")
        #expect(libraries.isDisjoint(with: Self.codecs), "clipyard loads \(libraries.intersection(Self.codecs))")
    }

    @Test func theMediaProgramLoadsNoDatabase() throws {
        let libraries = try Self.libraries(of: "clipyard-media")
        #expect(libraries.isSuperset(of: ["avformat", "avcodec"]))
        #expect(libraries.isDisjoint(with: ["pq", "curl"]), "clipyard-media loads \(libraries.sorted())")
    }
}
