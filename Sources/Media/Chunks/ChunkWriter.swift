import FFmpeg
import Foundation

/// Takes encoded pictures from all rungs and writes those of a window, a file for each rung.
final class ChunkWriter {
    /// What one rung has written.
    private struct Output {
        var file: IntermediateWriter
        var frameRate: Rational
        /// In the order of decoding.
        var times: [Int64] = []
        var decodeTimes: [Int64] = []
    }

    private let folder: URL
    private let window: ChunkWindow
    private let rungs: [TranscodePlan.Rung]
    private let input: BoundedQueue<EncodedUnit>
    private var outputs: [Output?]
    private var timeBase = Rational(1, 90_000)

    init(folder: URL, window: ChunkWindow, rungs: [TranscodePlan.Rung], input: BoundedQueue<EncodedUnit>) {
        self.folder = folder
        self.window = window
        self.rungs = rungs
        self.input = input
        outputs = rungs.map { _ in nil }
    }

    /// Works until every encoder has ended; then the manifest only lacks what the reader knows.
    func run() throws -> ChunkManifest {
        var openStreams = rungs.count
        while openStreams > 0, let unit = try input.pop() {
            switch consume unit {
            case .videoStream(let rung, let parameters): try open(rung, parameters)
            case .video(let rung, let packet): try write(packet, rung)
            case .videoEnd: openStreams -= 1
            default: break
            }
        }
        for output in outputs { try output?.file.finish() }
        return try manifest()
    }

    private func open(_ rung: Int, _ parameters: StreamParameters) throws {
        let path = folder.appending(path: ChunkLayout.pictures(rungs[rung].name)).path
        let file = try IntermediateWriter(path: path, stream: parameters)
        outputs[rung] = Output(file: file, frameRate: parameters.frameRate)
        timeBase = parameters.timeBase
    }

    private func write(_ packet: consuming Packet, _ rung: Int) throws {
        guard let pts = packet.pts, let dts = packet.dts else {
            throw MediaError(.internalFailure, "The encoder of rung \(rungs[rung].name) gave no times.")
        }
        guard window.contains(Double(pts) * timeBase.doubleValue) else { return }
        outputs[rung]?.times.append(pts)
        outputs[rung]?.decodeTimes.append(dts)
        try outputs[rung]?.file.write(packet)
    }

    private func manifest() throws -> ChunkManifest {
        let times = outputs.map { $0?.times.sorted() ?? [] }
        guard let first = times.first, times.allSatisfy({ $0 == first }) else {
            throw MediaError(.internalFailure, "The rungs have not encoded the same pictures.")
        }
        return ChunkManifest(
            window: window,
            timeBase: timeBase,
            times: first,
            rungs: zip(rungs, outputs).compactMap { rung, output in
                output.map {
                    let delay = DecodeTimes.reorderDelay(shown: $0.times, decoded: $0.decodeTimes)
                    return .init(name: rung.name, reorderDelay: delay, frameRate: $0.frameRate)
                }
            },
            endSeconds: nil,
            decodedFrames: 0,
            brokenPictures: 0
        )
    }
}
