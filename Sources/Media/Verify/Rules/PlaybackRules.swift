import Foundation

/// The bytes of `play.mp4`.
enum PlaybackRules {
    static func check(_ package: URL, _ findings: inout Findings) {
        let name = PackageLayout.playback
        let url = package.appending(path: name)
        guard FileManager.default.fileExists(atPath: url.path) else {
            return findings.add(.files, name, "is missing")
        }
        do throws(MalformedMedia) {
            let file = try MP4File(url)
            let movie = try file.movie()
            guard let video = movie.video, movie.tracks.count <= 2, movie.tracks.allSatisfy({ $0.kind != nil }) else {
                throw MalformedMedia("has other tracks than one of pictures and one of sound")
            }
            checkLayout(file, movie, name, &findings)
            try checkVideo(file, video, name, &findings)
            guard let audio = movie.audio else { return }
            let sound = TrackTiming(audio)
            SoundRules.check(audio, sound, TrackTiming(video), name, &findings)
            let bytes = audio.samples.sizes.reduce(0, +)
            SoundRules.checkBitrate(bytes: bytes, seconds: sound.end - sound.start, name, &findings)
        } catch {
            findings.add(.structure, name, error.message)
        }
    }

    private static func checkLayout(_ file: MP4File, _ movie: Movie, _ name: String, _ findings: inout Findings) {
        let types = file.boxes.map(\.type)
        let (index, data) = (types.firstIndex(of: "moov"), types.firstIndex(of: "mdat"))
        findings.require(
            index ?? .max < data ?? 0,
            .faststart,
            name,
            "has its index behind its data, so playback waits for all of it"
        )
        for track in movie.tracks {
            findings.require(track.edits.count <= 1, .editList, name, "has \(track.edits.count) edits in a track")
        }
        let places = movie.tracks.map { track in
            zip(track.samples.offsets(), TrackTiming(track).shown).map { (offset: $0, time: $1) }
        }
        guard places.count == 2 else { return }
        let distance = max(distance(of: places[0], to: places[1]), distance(of: places[1], to: places[0]))
        findings.require(distance <= 1, .interleaving, name, "has sound \(distance.short) s away from its pictures")
    }

    /// How far apart in time, at most, a sample is from the one of the other track that lies before it in the file.
    private static func distance(
        of samples: [(offset: Int, time: Double)],
        to others: [(offset: Int, time: Double)]
    ) -> Double {
        var distance = 0.0
        var next = 0
        for sample in samples {
            while next < others.count, others[next].offset < sample.offset { next += 1 }
            guard next > 0 else { continue }
            // A picture that is shown for long is near all the sound that belongs to it.
            let before = others[next - 1].time
            let after = next < others.count ? others[next].time : before
            if !(min(before, after)...max(before, after)).contains(sample.time) {
                distance = max(distance, min(abs(before - sample.time), abs(after - sample.time)))
            }
        }
        return distance
    }

    private static func checkVideo(
        _ file: MP4File,
        _ video: Movie.Track,
        _ name: String,
        _ findings: inout Findings
    ) throws(MalformedMedia) {
        let parameters = try VideoParameters(video.entry)
        PictureRules.check(parameters, video.entry, name, &findings)
        let timing = TrackTiming(video)
        findings.require(
            timing.hasClosedGOPs,
            .closedGOP,
            name,
            "has pictures that need others from before a keyframe"
        )
        SegmentRules.checkDistance(timing, name, &findings)
        let offsets = video.samples.offsets()
        for (index, isSync) in timing.isSync.enumerated() where isSync || index == 0 {
            guard offsets.indices.contains(index), offsets[index] + video.samples.sizes[index] <= file.sizeBytes else {
                throw MalformedMedia("has a picture behind its end")
            }
            let bytes = try file.bytes(at: offsets[index], count: video.samples.sizes[index])
            let startsAnew = try CodedPicture.startsDecoding(bytes, entry: video.entry)
            findings.require(startsAnew, .startsWithIDR, name, "has a keyframe that is not an IDR picture")
            if !startsAnew { return }
        }
    }
}
