public import Domain
import FFmpeg

/// Describes a creator's file, or says why it will never become a video.
public struct MediaProbe: Sendable {
    private let limits: PipelineDefinition.Limits

    public init(limits: PipelineDefinition.Limits) { self.limits = limits }

    /// Reads the file's headers and decodes its first picture as proof.
    ///
    /// Throws `MediaRefusal` for a file that is beyond a limit, damaged or no video; `MediaError` if it cannot be
    /// read.
    public func probe(_ path: String) throws -> MediaInfo {
        let source = try SourceFile(path: path, limits: limits)
        var info = source.info
        try source.refuseMissingBytes()
        // Limits that headers alone can break come before anything that reads the whole file.
        try check(info)
        if source.durationSeconds == nil {
            info.durationSeconds = try scanDuration(of: path)
            try check(info, needsDuration: true)
        }
        try source.refuseUnknownSound()
        try decodeFirstPicture(of: source)
        return info
    }

    private func check(_ info: MediaInfo, needsDuration: Bool = false) throws {
        let isDurationKnown = info.durationSeconds > 0 || needsDuration
        if let refusal = limits.refusal(of: info, isDurationKnown: isDurationKnown) { throw refusal }
    }

    /// Reads packets to the end, for containers such as WebM from a browser that do not state their duration.
    private func scanDuration(of path: String) throws -> Double {
        let source = try SourceFile(path: path, limits: limits)
        source.demuxer.select([source.video.index])
        let timeBase = source.video.timeBase.doubleValue
        var start: Double?
        var end = 0.0
        while let packet = try source.nextPacket() {
            guard let time = packet.pts ?? packet.dts else { continue }
            let seconds = Double(time) * timeBase
            start = min(start ?? seconds, seconds)
            end = max(end, seconds + Double(packet.duration) * timeBase)
            if end - (start ?? 0) > limits.maxSeconds { break }
        }
        return start.map { max(0, end - $0) } ?? 0
    }

    private func decodeFirstPicture(of source: SourceFile) throws {
        let decoder = try source.makeVideoDecoder(threads: 1)
        source.demuxer.select([source.video.index])
        while let packet = try source.nextPacket() {
            guard packet.streamIndex == source.video.index else { continue }
            // One broken packet is not the end of a video; a video without any picture is.
            guard (try? decoder.send(packet)) != nil else { continue }
            if let frame = try? decoder.nextFrame(), frame.width > 0 { return }
        }
        try? decoder.sendEnd()
        if let frame = try? decoder.nextFrame(), frame.width > 0 { return }
        throw MediaRefusal(
            .damaged,
            "None of the file's pictures can be decoded; export the video again and upload that."
        )
    }
}
