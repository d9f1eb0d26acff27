/// When the samples of one track are decoded and shown, in seconds; the container's edits are applied.
struct TrackTiming {
    /// In the order of decoding.
    var shown: [Double] = []
    var isSync: [Bool] = []
    /// When the last sample ends.
    var end = 0.0

    /// Times count on from `start`, whatever each fragment says about its own.
    init(track: Movie.Track, start: Int, samples: some Sequence<MovieFragment.Sample>) {
        var time = start - track.origin
        var latest = Int.min
        for sample in samples {
            let pts = time + sample.compositionOffset
            shown.append(track.delaySeconds + track.seconds(pts))
            isSync.append(sample.isSync)
            // A sample's duration is the distance to the next one that is decoded: where pictures are missing, only that
            // of the last one shown says when anything ends.
            if pts > latest { (latest, end) = (pts, track.delaySeconds + track.seconds(pts + sample.duration)) }
            time += sample.duration
        }
    }

    /// Of a progressive file.
    init(_ track: Movie.Track) {
        let table = track.samples
        let offsets = table.compositionOffsets
        let sync = table.syncSamples.map(Set.init)
        let samples = table.sizes.indices.map { index in
            MovieFragment.Sample(
                offset: 0,
                size: table.sizes[index],
                duration: table.durations.indices.contains(index) ? table.durations[index] : 0,
                compositionOffset: offsets.indices.contains(index) ? offsets[index] : 0,
                isSync: sync?.contains(index) ?? true
            )
        }
        self.init(track: track, start: 0, samples: samples)
    }

    var start: Double { shown.min() ?? 0 }

    /// Pictures per second, on average.
    var samplesPerSecond: Double { end > start ? Double(shown.count) / (end - start) : 0 }

    /// What 95 % of the times between samples do not exceed: a last picture may be held.
    var usualMaximumInterval: Double {
        let times = shown.sorted()
        let intervals = zip(times, times.dropFirst()).map { $1 - $0 }.sorted()
        return intervals.isEmpty ? 0 : intervals[(intervals.count - 1) * 95 / 100]
    }

    /// The longest stretch from one keyframe to the next, or to the end.
    var longestGOP: Double {
        let starts = zip(shown, isSync).filter(\.1).map(\.0)
        return zip(starts, starts.dropFirst() + [end]).map { $1 - $0 }.max() ?? 0
    }

    /// Whether no picture is shown on the other side of a keyframe than it is coded.
    var hasClosedGOPs: Bool {
        var (latest, keyframe) = (-Double.infinity, -Double.infinity)
        for (time, isSync) in zip(shown, isSync) {
            if isSync {
                if time < latest { return false }
                keyframe = time
            }
            if time < keyframe { return false }
            latest = max(latest, time)
        }
        return true
    }
}
