import FFmpeg
import Foundation
import TestSupport
import Testing

@Suite struct MuxerTests {
    /// Copies the first `limit` packets of a sample's pictures.
    func copy(_ limit: Int, to muxer: (StreamParameters) throws -> Muxer) throws -> Muxer {
        let demuxer = try Demuxer(
            path: Samples.silent,
            options: .init(formats: ["mov"]),
            deadline: Deadline(in: .seconds(30))
        )
        let target = try muxer(demuxer.parameters(of: demuxer.streams[0]))
        for _ in 0..<limit {
            guard let packet = try demuxer.nextPacket() else { break }
            try target.write(packet, stream: 0)
        }
        return target
    }

    /// The four-letter type of the first box.
    func firstBox(_ bytes: [UInt8]) -> String { String(decoding: bytes.dropFirst(4).prefix(4), as: UTF8.self) }

    @Test func fragmentsAreCutOnCommand() throws {
        let muxer = try copy(10) {
            try Muxer(
                inMemoryFormat: "mp4",
                streams: [$0],
                options: ["movflags": "+frag_custom+dash+delay_moov+skip_sidx"]
            )
        }
        try muxer.flushFragment()
        let initialization = muxer.takeBytes()
        #expect(firstBox(initialization) == "ftyp")
        try muxer.flushFragment()
        let fragment = muxer.takeBytes()
        #expect(["styp", "moof"].contains(firstBox(fragment)))
        #expect(fragment.count > initialization.count)
        #expect(muxer.takeBytes().isEmpty)
    }

    @Test func finishedFileIsWhole() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "muxer-\(UUID()).mp4")
        defer { try? FileManager.default.removeItem(at: file) }
        let muxer = try copy(1000) {
            try Muxer(path: file.path, format: "mp4", streams: [$0], options: ["movflags": "+faststart"])
        }
        try muxer.finish()
        let again = try Demuxer(path: file.path, options: .init(formats: ["mov"]), deadline: Deadline(in: .seconds(30)))
        #expect(abs(try #require(again.durationSeconds) - 4) < 0.05)
    }

    @Test func missingFolderIsNamed() {
        let error = #expect(throws: FFmpegError.self) {
            try copy(1) { try Muxer(path: "/nowhere/out.mp4", format: "mp4", streams: [$0]) }
        }
        #expect(error?.description.contains("/nowhere/out.mp4") == true)
    }

    @Test func unknownOptionIsAnError() {
        let error = #expect(throws: FFmpegError.self) {
            try copy(1) {
                try Muxer(
                    inMemoryFormat: "mp4",
                    streams: [$0],
                    options: ["movflags": "+frag_custom+empty_moov", "moveflag": "+dash"]
                )
            }
        }
        #expect(error?.reason == .unknownOption)
    }
}
