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
        yaml.refuseUnknownKeys()
    }
}

extension PipelineDefinition.Video {
    init(_ yaml: YAMLMapping) {
        maxFrameRate = yaml.integer("max_frame_rate", in: 1...120)
        segmentSeconds = yaml.number("segment_seconds", in: 0.5...10)
        let mappings = yaml.mappings("rungs", count: 1...8)
        rungs = mappings.map { PipelineDefinition.Rung($0) }
        for (index, pair) in zip(rungs, rungs.dropFirst()).enumerated() where pair.0.shortSide <= pair.1.shortSide {
            mappings[index + 1].report("short_side", "must be less than that of the rung before it")
        }
        yaml.refuseUnknownKeys()
    }
}

extension PipelineDefinition.Rung {
    private static let presets = [
        "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow",
    ]

    init(_ yaml: YAMLMapping) {
        shortSide = yaml.integer("short_side", in: 64...4320)
        if shortSide % 2 != 0 { yaml.report("short_side", "must be even") }
        crf = yaml.number("crf", in: 0...51)
        maxBitsPerSecond = yaml.integer("max_kbps", in: 50...200_000) * 1000
        bufferBits = yaml.integer("buffer_kbits", in: 50...400_000) * 1000
        preset = yaml.word("preset", oneOf: Self.presets)
        yaml.refuseUnknownKeys()
    }
}

extension PipelineDefinition.Audio {
    init(_ yaml: YAMLMapping) {
        bitsPerSecond = yaml.integer("kbps", in: 32...320) * 1000
        sampleRate = yaml.integer("sample_rate", in: 22_050...48_000)
        if ![22_050, 24_000, 32_000, 44_100, 48_000].contains(sampleRate) {
            yaml.report("sample_rate", "must be 22050, 24000, 32000, 44100 or 48000")
        }
        yaml.refuseUnknownKeys()
    }
}

extension PipelineDefinition.Playback {
    init(_ yaml: YAMLMapping) {
        maxShortSide = yaml.integer("max_short_side", in: 64...4320)
        yaml.refuseUnknownKeys()
    }
}

extension PipelineDefinition.Cover {
    init(_ yaml: YAMLMapping) {
        candidates = yaml.integer("candidates", in: 1...100)
        quality = yaml.integer("quality", in: 2...31)
        yaml.refuseUnknownKeys()
    }
}
