// The keys of each mapping, with the values that make sense.
// A value that is missing or wrong is recorded as a problem, and reading goes on
// with one in range, so that one run names every mistake.

extension PipelineDefinition.Limits {
    init(_ yaml: YAMLMapping) {
        minSeconds = yaml.number("min_seconds", in: 0...60)
        maxSeconds = yaml.number("max_seconds", in: 1...86_400)
        maxBytes = Int64(yaml.integer("max_megabytes", in: 1...1_000_000)) * 1_000_000
        minSide = yaml.integer("min_side", in: 2...1080)
        maxSide = yaml.integer("max_side", in: 16...16_384)
        maxPixels = yaml.integer("max_pixels", in: 256...134_217_728)
        maxAspectRatio = yaml.number("max_aspect_ratio", in: 1...100)
        maxStreams = yaml.integer("max_streams", in: 1...1000)
        maxFrameRate = yaml.number("max_frame_rate", in: 1...1000)
        maxTotalPixels = yaml.number("max_total_gigapixels", in: 0.001...1_000_000) * 1e9
        probeSeconds = yaml.number("probe_seconds", in: 1...600)
        probeBytes = yaml.integer("probe_megabytes", in: 1...256) * 1_000_000
        if minSeconds >= maxSeconds { yaml.report("min_seconds", "must be less than max_seconds") }
        if minSide > maxSide { yaml.report("min_side", "must not be more than max_side") }
    }
}

extension PipelineDefinition.Video {
    init(_ yaml: YAMLMapping) {
        maxFrameRate = yaml.integer("max_frame_rate", in: 1...120)
        segmentSeconds = yaml.number("segment_seconds", in: 0.5...10)
        passthrough = yaml.flag("passthrough")
        let speed = yaml.word("speed", as: PipelineDefinition.Speed.self)
        let ladders = yaml.mappings("ladders", count: 1...3)
        rungs = ladders.enumerated().flatMap { index, ladder in
            Self.rungs(of: ladder, speed, expecting: index == 0 ? [.h264] : [.hevc, .av1])
        }
        let codecs = rungs.map(\.codec)
        for (index, ladder) in ladders.enumerated().dropFirst(2) where Set(codecs).count < ladders.count {
            ladder.report("codec", "must not be that of ladders[\(index - 1)]")
        }
    }

    private static func rungs(
        of ladder: YAMLMapping,
        _ speed: PipelineDefinition.Speed,
        expecting codecs: [PipelineDefinition.VideoCodec]
    ) -> [PipelineDefinition.Rung] {
        let codec = ladder.word("codec", as: PipelineDefinition.VideoCodec.self)
        if !codecs.contains(codec) {
            // Every player plays H.264, and play.mp4 is made of it.
            ladder.report("codec", "the first ladder must be h264, and the others must not")
        }
        let mappings = ladder.mappings("rungs", count: 1...8)
        let rungs = mappings.map { PipelineDefinition.Rung($0, codec, speed) }
        for (index, pair) in zip(rungs, rungs.dropFirst()).enumerated() where pair.0.shortSide <= pair.1.shortSide {
            mappings[index + 1].report("short_side", "must be less than that of the rung before it")
        }
        return rungs
    }
}

extension PipelineDefinition.Rung {
    init(_ yaml: YAMLMapping, _ codec: PipelineDefinition.VideoCodec, _ speed: PipelineDefinition.Speed) {
        self.codec = codec
        self.speed = speed
        shortSide = yaml.encodedSide("short_side")
        crf = yaml.number("crf", in: 0...63)
        maxBitsPerSecond = yaml.integer("max_kbps", in: 50...200_000) * 1000
        bufferBits = yaml.integer("buffer_kbits", in: 50...400_000) * 1000
    }
}

extension PipelineDefinition.Audio {
    init(_ yaml: YAMLMapping) {
        bitsPerSecond = yaml.integer("kbps", in: 32...320) * 1000
        sampleRate = yaml.integer("sample_rate", in: 22_050...48_000)
        if ![22_050, 24_000, 32_000, 44_100, 48_000].contains(sampleRate) {
            yaml.report("sample_rate", "must be 22050, 24000, 32000, 44100 or 48000")
        }
        normalizesLoudness = yaml.flag("normalize_loudness")
        targetLUFS = yaml.number("target_lufs", in: -40 ... -5)
        maxTruePeak = yaml.number("max_true_peak", in: -20...0)
        passthrough = yaml.flag("passthrough")
    }
}

extension PipelineDefinition.Playback {
    init(_ yaml: YAMLMapping) {
        maxShortSide = yaml.integer("max_short_side", in: 64...4320)
    }
}

extension PipelineDefinition.First {
    init(_ yaml: YAMLMapping) {
        shortSide = yaml.encodedSide("short_side")
        minSeconds = yaml.number("min_seconds", in: 0...86_400)
    }
}

extension PipelineDefinition.Cover {
    init(_ yaml: YAMLMapping) {
        candidates = yaml.integer("candidates", in: 1...100)
        shortSide = yaml.integer("short_side", in: 64...4320)
        smallShortSide = yaml.integer("small_short_side", in: 64...4320)
        jpegQuality = yaml.integer("jpeg_quality", in: 2...31)
        webpQuality = yaml.integer("webp_quality", in: 0...100)
        if smallShortSide > shortSide { yaml.report("small_short_side", "must not be more than short_side") }
    }
}

extension PipelineDefinition.Storyboard {
    init(_ yaml: YAMLMapping) {
        maxCells = yaml.integer("max_cells", in: 1...400)
        columns = yaml.integer("columns", in: 1...20)
        minInterval = yaml.number("min_interval_seconds", in: 0.1...600)
        longSide = yaml.integer("long_side", in: 32...640)
        jpegQuality = yaml.integer("jpeg_quality", in: 2...31)
    }
}

extension PipelineDefinition.Preview {
    init(_ yaml: YAMLMapping) {
        seconds = yaml.number("seconds", in: 0.5...10)
        framesPerSecond = yaml.integer("frames_per_second", in: 1...30)
        shortSide = yaml.integer("short_side", in: 32...720)
        webpQuality = yaml.integer("webp_quality", in: 0...100)
    }
}

extension PipelineDefinition.Chunks {
    init(_ yaml: YAMLMapping, segmentSeconds: Double) {
        aboveSeconds = yaml.number("above_seconds", in: 1...86_400)
        seconds = yaml.number("seconds", in: 1...3600)
        if seconds < segmentSeconds { yaml.report("seconds", "must not be less than segment_seconds") }
    }
}

extension YAMLMapping {
    /// The length of a side of pictures that are encoded in 4:2:0.
    fileprivate func encodedSide(_ key: String) -> Int {
        let side = integer(key, in: 64...4320)
        if side % 2 != 0 { report(key, "must be even") }
        return side
    }
}
