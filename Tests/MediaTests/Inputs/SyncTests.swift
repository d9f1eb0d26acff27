import Foundation
import Testing

@testable import Media

/// What flashes and beeps together does so in everything that comes out, from start to end.
@Suite struct SyncTests {
    /// A difference that people begin to notice, in seconds; the steps of what is measured are smaller.
    static let tolerance = 0.045

    /// Seconds that are black and silent but for a tenth in the middle of each.
    static func media(rate: Int = 30, seconds: Int = 5) -> String {
        let flash = "drawbox=c=white:t=fill:enable='between(mod(t+0.001,1),0.5,0.6)'"
        return "-f lavfi -i color=black:s=160x120:r=\(rate):d=\(seconds),\(flash) "
            + "-f lavfi -i aevalsrc='if(between(mod(t,1),0.5,0.6),0.5*sin(6283*t),0)':s=48000:d=\(seconds)"
    }
    static let h264 = "-c:v libx264 -preset ultrafast -g 30 -bf 2"

    /// How a source is stored.
    struct Source: Sendable, CustomStringConvertible {
        var description: String
        var name: String
        var steps: [String]
        var flashes = 5

        init(_ description: String, _ name: String, _ steps: String..., flashes: Int = 5) {
            (self.description, self.name, self.steps, self.flashes) = (description, name, steps, flashes)
        }
    }

    static let sources = [
        Source("constant frame rate", "a.mp4", "\(media()) \(h264) -c:a aac"),
        Source("24 pictures, sound of 44.1 kHz", "a.mp4", "\(media(rate: 24)) \(h264) -c:a aac -ar 44100"),
        Source(
            "frames with long gaps",
            "a.mp4",
            "\(media()) -vf select='between(mod(t+0.001,1),0.4,0.7)' -fps_mode vfr \(h264) -c:a aac"
        ),
        Source(
            "irregular frames in Matroska",
            "a.mkv",
            "\(media()) -vf select='gt(random(1),0.4)+between(mod(t+0.001,1),0.45,0.65)' -fps_mode vfr \(h264) -c:a libopus"
        ),
        Source("240 pictures a second", "a.mp4", "\(media(rate: 240)) -c:v libx264 -preset ultrafast -c:a aac"),
        Source("Opus in MP4", "a.mp4", "\(media()) \(h264) -c:a libopus"),
        Source("Opus in WebM", "a.webm", "\(media()) -c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus"),
        Source("MP3 in AVI", "a.avi", "\(media()) -c:v mpeg4 -c:a libmp3lame"),
        Source("PCM in MOV", "a.mov", "\(media()) \(h264) -c:a pcm_s16be"),
        Source("AAC in FLV", "a.flv", "\(media()) \(h264) -c:a aac"),
        Source("transport stream", "a.ts", "\(media()) \(h264) -c:a aac"),
        Source("transport stream whose clock wraps", "a.ts", "\(media()) \(h264) -c:a aac -output_ts_offset 95440"),
        Source("sound that starts late", "a.mp4", "\(media()) -af atrim=start=1.3 \(h264) -c:a aac", flashes: 4),
        Source(
            "sound that starts late, in Matroska",
            "a.mkv",
            "\(media()) -af atrim=start=1.3 \(h264) -c:a aac",
            flashes: 4
        ),
        Source("pictures that start late", "a.mp4", "\(media()) -vf trim=start=1.3 \(h264) -c:a aac", flashes: 4),
        Source(
            "pictures that start late, in Matroska",
            "a.mkv",
            "\(media()) -vf trim=start=1.3 \(h264) -c:a aac",
            flashes: 4
        ),
        Source(
            "edit list that cuts the start",
            "a.mp4",
            "\(media()) \(h264) -c:a aac b.mp4",
            "-ss 1.2 -i b.mp4 -c copy",
            flashes: 4
        ),
        Source(
            "everything late by an empty edit",
            "a.mp4",
            "\(media()) \(h264) -c:a aac b.mp4",
            "-itsoffset 2 -i b.mp4 -c copy"
        ),
        Source(
            "negative start",
            "a.mkv",
            "\(media()) \(h264) -c:a aac b.mp4",
            "-itsoffset -0.7 -i b.mp4 -c copy -avoid_negative_ts disabled",
            flashes: 5
        ),
        Source(
            "fragments",
            "a.mp4",
            "\(media()) \(h264) -c:a aac -movflags +frag_keyframe+empty_moov+default_base_moof"
        ),
        Source(
            "a minute and a half of 44.1 kHz",
            "a.mp4",
            "\(media(seconds: 90)) \(h264) -c:a aac -ar 44100",
            flashes: 90
        ),
        Source(
            "sound whose clock is slow",
            "a.mkv",
            // 2 ms more in every second, in a quarter of a minute 30 ms: the flashes come later by as much.
            "\(media(seconds: 60)) -vf setpts=PTS*1.002 -fps_mode passthrough -af asetpts=PTS*1.002 \(h264) -c:a pcm_s16le",
            flashes: 60
        ),
    ]

    @Test(arguments: sources)
    func flashesAndBeepsStayTogether(source: Source) throws {
        let clip = try Clip(source.name, steps: source.steps)
        try check(clip.process(.inputs(shortSide: 120)), source)
    }

    /// The same where packets are copied as far as that is possible.
    @Test(arguments: sources.filter { $0.steps[0].contains("libx264") && $0.steps[0].contains("-c:a aac") })
    func copiesStayTogetherToo(source: Source) throws {
        var pipeline = try PipelineDefinition.inputs(shortSide: 120)
        (pipeline.video.passthrough, pipeline.audio.passthrough) = (true, true)
        try check(Clip(source.name, steps: source.steps).process(pipeline), source)
    }

    func check(_ processed: Processed, _ source: Source) throws {
        for path in [processed.playback, processed.output.appending(path: "hls/120/index.m3u8").path] {
            let flashes = try processed.flashes(in: path)
            let beeps = try processed.beeps(in: path)
            // What starts late or was cut may have lost the first.
            #expect(flashes.count >= source.flashes && beeps.count >= source.flashes, "\(flashes) \(beeps)")
            for beep in beeps {
                let nearest = flashes.map { abs($0 - beep) }.min() ?? .infinity
                let isAlone = flashes.count < beeps.count && beep < (flashes.first ?? 0) - 0.5
                #expect(nearest <= Self.tolerance || isAlone, "\(beep) is not near any of \(flashes) in \(path)")
            }
        }
    }

    @Test func longGapsStay() throws {
        let clip = try Clip(
            "clip.mp4",
            "\(Self.media()) -vf select='lt(t,0.5)+gt(t,4.4)' -fps_mode vfr \(Self.h264) -c:a aac"
        )
        let times = try clip.process(.inputs(shortSide: 120)).pictureTimes()
        let distances = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(abs((distances.max() ?? 0) - 3.95) < 0.1)
    }

    @Test func manyFramesAreThinnedOut() throws {
        let clip = try Clip("clip.mp4", "\(Self.media(rate: 240)) -c:v libx264 -preset ultrafast -c:a aac")
        let times = try clip.process(.inputs(shortSide: 120)).pictureTimes()
        #expect((299...301).contains(times.count))
    }
}

extension Processed {
    /// When pictures become bright, in seconds.
    func flashes(in path: String) throws -> [Double] {
        try starts(
            "-copyts -i \(path) -map 0:v -vf signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=- -f null -"
        ) { $0 > 120 }
    }

    /// When sound begins, in seconds, in steps of 5 ms.
    func beeps(in path: String) throws -> [Double] {
        let level = "lavfi.astats.Overall.RMS_level"
        return try starts(
            "-copyts -i \(path) -map 0:a -af aresample=48000,asetnsamples=n=240:p=0,astats=metadata=1:reset=1,"
                + "ametadata=print:key=\(level):file=- -f null -"
        ) { $0 > -30 }
    }

    /// The times at which a measured value starts to hold.
    private func starts(_ command: String, _ holds: (Double) -> Bool) throws -> [Double] {
        let text = String(decoding: try Command.ffmpeg(command, in: output), as: UTF8.self)
        var time = 0.0
        var held = false
        var starts: [Double] = []
        for line in text.split(whereSeparator: \.isNewline) {
            if let match = line.firstMatch(of: /pts_time:(-?[\d.]+)/) { time = Double(match.1) ?? 0 }
            guard let value = line.firstMatch(of: /lavfi.*=(.+)/) else { continue }
            let holdsNow = holds(Double(value.1) ?? -.infinity)
            if holdsNow, !held { starts.append(time) }
            held = holdsNow
        }
        return starts
    }
}
